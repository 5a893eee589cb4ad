package blackbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// blocks are the README's blocks of code of a language.
func blocks(t *testing.T, language string) (all []string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	check(t, err)
	for _, match := range fenced.FindAllStringSubmatch(string(text), -1) {
		if match[1] == language {
			all = append(all, match[2])
		}
	}
	if len(all) == 0 {
		t.Fatal("the README has no such block:", language)
	}
	return all
}

// dedented is a text whose lines begin without white space.
func dedented(text string) string {
	return regexp.MustCompile(`(?m)^[\t ]+`).ReplaceAllString(text, "")
}

// TestReadmeShowsTheseExamples holds that each example of the README stands in example_test.go, where it is run.
func TestReadmeShowsTheseExamples(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("example_test.go")
	check(t, err)
	run := dedented(string(text))
	for _, block := range blocks(t, "go") {
		if !strings.Contains(run, dedented(block)) {
			t.Errorf("example_test.go does not run this:\n%s", block)
		}
	}
	printed := strings.ReplaceAll(run, "// ", "")
	for _, block := range blocks(t, "text") {
		if !strings.Contains(printed, dedented(block)) {
			t.Errorf("example_test.go does not print this:\n%s", block)
		}
	}
}

const program = `package main

import "dnd/metrics"

func main() {
	client := metrics.NewClient(nil)
	println(client.Err().Error())
}
`

// TestReadmeSaysHowToRequireTheModule does what the README says, and builds a program that does so.
func TestReadmeSaysHowToRequireTheModule(t *testing.T) {
	t.Parallel()
	module, err := filepath.Abs("..")
	check(t, err)
	for i, commands := range blocks(t, "sh") {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			folder := t.TempDir()
			check(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(program), 0o600))
			check(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module one_service\n\ngo 1.26.0\n"), 0o600))
			script := "set -e\n" + strings.ReplaceAll(commands, "../dnd-metrics/clients/go", module) + "go run .\n"
			command := exec.Command("bash", "-c", script)
			command.Dir = folder
			out, err := command.CombinedOutput()
			if err != nil || !strings.HasSuffix(string(out), "metrics: config: Config: is nil\n") {
				t.Fatalf("%v\n%s", err, out)
			}
			listed := exec.Command("go", "list", "-deps", "./...")
			listed.Dir = folder
			out, err = listed.Output()
			if err != nil || strings.Contains(string(out), "prometheus") || !strings.Contains(string(out), "nats.go") {
				t.Fatalf("%v\nplain users must not build Prometheus's libraries:\n%s", err, out)
			}
		})
	}
}
