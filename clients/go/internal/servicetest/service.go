// Package servicetest starts the metrics service for tests: the program that ships.
package servicetest

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
	"time"
)

const startTimeout = 3 * time.Minute // it may have to be built

var banner = regexp.MustCompile(`Message Hub\s+nats://(\S+)`)

// A Service is `./dnd-metrics run` with its data in a folder.
type Service struct {
	project string
	folder  string
	address string
	process *exec.Cmd
	output  *output
	ended   <-chan struct{} // when it has printed all
}

// New is a service that was not started yet. project is the repository's root, folder where its data goes.
func New(project, folder string) *Service {
	return &Service{project: project, folder: folder, address: "127.0.0.1:0"}
}

// URL is where its hub is.
func (s *Service) URL() string { return "nats://" + s.address }

// SetFolder moves it to another folder, from the next Start on.
func (s *Service) SetFolder(folder string) { s.folder = folder }

// Start starts it; a second time on the port that it had.
func (s *Service) Start() error {
	s.process = exec.Command(filepath.Join(s.project, "dnd-metrics"), "run", "--data", s.folder, "--listen", s.address)
	s.output = &output{}
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
		defer close(found)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.output.add(lines.Bytes())
			if match := banner.FindStringSubmatch(lines.Text()); match != nil {
				found <- match[1]
			}
		}
	}()
	select {
	case address, ok := <-found:
		if ok {
			s.address = address
			return nil
		}
		_ = s.process.Wait()
		return fmt.Errorf("the service did not start:\n%s", s.output)
	case <-time.After(startTimeout):
		return fmt.Errorf("the service did not start within %s:\n%s", startTimeout, s.output)
	}
}

// late is what it says, and ends with 1, where the machine is so busy that it is not closed in 4.5 seconds.
const late = "not everything was finished after"

// Stop ends it as an operator would.
func (s *Service) Stop() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-s.ended
	if err := s.process.Wait(); err != nil && !strings.Contains(s.output.String(), late) {
		return fmt.Errorf("%w:\n%s", err, s.output)
	}
	return nil
}

// Kill ends it as a crash would.
func (s *Service) Kill() error {
	if err := s.process.Process.Kill(); err != nil {
		return err
	}
	_ = s.process.Wait() // says that it was killed
	return nil
}

// Temporary starts a service in a folder of its own. stop ends it and removes the folder.
func Temporary(project string) (s *Service, stop func(), err error) {
	folder, err := os.MkdirTemp("", "dnd-metrics-go")
	if err != nil {
		return nil, nil, err
	}
	s = New(project, filepath.Join(folder, "data"))
	if err := s.Start(); err != nil {
		return nil, nil, err
	}
	return s, func() {
		if err := s.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		_ = os.RemoveAll(folder)
	}, nil
}

// What a process printed.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) add(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(line)
	o.text.WriteByte('\n')
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
