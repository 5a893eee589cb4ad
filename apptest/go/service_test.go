package apptest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	soon  = time.Minute // far longer than a machine needs that is slow and busy
	start = 3 * time.Minute
)

var banner = regexp.MustCompile(`Message Hub\s+(?:nats|tls)://(\S+)`)

// A service is `./dnd-metrics run` with its data in a folder of its own.
type service struct {
	folder  string
	address string
	config  string
	process *exec.Cmd
	ended   <-chan struct{} // when it has printed all
	mu      sync.Mutex
	output  bytes.Buffer
}

// startService starts the program that ships.
func startService(folder, config string) (*service, error) {
	s := &service{folder: folder, config: config, address: "127.0.0.1:0"}
	return s, s.start()
}

func (s *service) url() string { return "nats://" + s.address }

// start starts it; a second time on the port that it had.
func (s *service) start() error {
	project, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	arguments := []string{"run", "--data", filepath.Join(s.folder, "data"), "--listen", s.address}
	if s.config != "" {
		file := filepath.Join(s.folder, "config.yaml")
		if err := os.WriteFile(file, []byte(s.config), 0o600); err != nil {
			return err
		}
		arguments = append(arguments, "--config", file)
	}
	s.process = exec.Command(filepath.Join(project, "dnd-metrics"), arguments...)
	out, err := s.process.StdoutPipe()
	if err != nil {
		return err
	}
	s.process.Stderr = s.process.Stdout
	if err := s.process.Start(); err != nil {
		return err
	}
	found := make(chan string, 1)
	ended := make(chan struct{})
	s.ended = ended
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			s.mu.Lock()
			s.output.Write(append(lines.Bytes(), '\n'))
			s.mu.Unlock()
			if match := banner.FindStringSubmatch(lines.Text()); match != nil {
				found <- match[1]
			}
		}
		close(found)
	}()
	select {
	case address, ok := <-found:
		if !ok {
			return fmt.Errorf("the service did not start:\n%s", s.printed())
		}
		s.address = address
		return nil
	case <-time.After(start):
		return fmt.Errorf("the service did not start within %s:\n%s", start, s.printed())
	}
}

func (s *service) printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// late is what it says, and ends with 1, where the machine is so busy that it is not closed in 4.5 seconds.
const late = "not everything was finished after"

// stop ends it as an operator would.
func (s *service) stop() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-s.ended
	if err := s.process.Wait(); err != nil && !strings.Contains(s.printed(), late) {
		return fmt.Errorf("%w:\n%s", err, s.printed())
	}
	return nil
}

const secured = `
message_hub:
  auth_timeout: 60s
  max_payload: 64KiB
  token: t0ken
  users:
    - user: admin
      password: all-0f-it
    - user: shop
      password: pa$$word
      permissions:
        publish:
          allow: ["shop.>"]
        subscribe:
          allow: ["_INBOX.>", "metrics.>"]
          deny: ["metrics.secret"]
`

// The services that the tests share.
var openHub, securedHub, tlsHub *service

func tlsConfig(folder string) (string, error) {
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
		"-nodes", "-days", "2", "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1",
		"-keyout", key, "-out", cert).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("openssl: %w: %s", err, out)
	}
	return fmt.Sprintf("message_hub:\n  auth_timeout: 60s\n  tls:\n    cert_file: %s\n    key_file: %s\n", cert, key), nil
}

func runAll(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "apptest")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	for _, hub := range []struct {
		name string
		at   **service
	}{{"open", &openHub}, {"secured", &securedHub}, {"tls", &tlsHub}} {
		own := filepath.Join(folder, hub.name)
		if err := os.Mkdir(own, 0o700); err != nil {
			return 1, err
		}
		config := ""
		switch hub.name {
		case "secured":
			config = secured
		case "tls":
			if config, err = tlsConfig(own); err != nil {
				return 1, err
			}
		}
		if *hub.at, err = startService(own, config); err != nil {
			return 1, err
		}
		defer func(s *service) {
			if err := s.stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}(*hub.at)
	}
	return m.Run(), nil
}

func TestMain(m *testing.M) {
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
