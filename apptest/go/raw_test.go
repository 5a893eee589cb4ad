package apptest

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// A rawClient speaks the protocol by hand.
type rawClient struct {
	t          *testing.T
	connection *net.TCPConn
	lines      *bufio.Reader
}

func dialRaw(t *testing.T, address string) *rawClient {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	check(t, err)
	t.Cleanup(func() { connection.Close() })
	tcp := connection.(*net.TCPConn)
	check(t, tcp.SetReadBuffer(4096))
	check(t, tcp.SetDeadline(time.Now().Add(3*soon)))
	return &rawClient{t, tcp, bufio.NewReader(tcp)}
}

func (r *rawClient) send(text string) {
	r.t.Helper()
	_, err := r.connection.Write([]byte(text))
	check(r.t, err)
}

// expect reads up to the line that is asked for.
func (r *rawClient) expect(line string) {
	r.t.Helper()
	for {
		got, err := r.lines.ReadString('\n')
		check(r.t, err)
		if strings.TrimRight(got, "\r\n") == line {
			return
		}
	}
}
