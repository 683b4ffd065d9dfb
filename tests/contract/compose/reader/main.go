// Command reader tells of each compose text on standard input why compose does not load it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

const patience = 2 * time.Second

type text struct {
	Text      string            `json:"text"`
	Variables map[string]string `json:"variables"`
}

func main() {
	logrus.SetOutput(io.Discard)
	var texts []text
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	folder, err := os.MkdirTemp("", "compose")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer os.RemoveAll(folder)
	refusals := []string{}
	for _, one := range texts {
		refusals = append(refusals, inTime(one, folder))
	}
	_ = json.NewEncoder(os.Stdout).Encode(refusals)
}

// inTime is refusal, but takes a text on which compose never ends for a refused one.
func inTime(one text, folder string) string {
	answer := make(chan string, 1)
	go func() { answer <- refusal(one, folder) }()
	select {
	case reason := <-answer:
		return reason
	case <-time.After(patience):
		return "compose does not come to an end"
	}
}

// refusal returns why compose does not load a text, or nothing.
func refusal(one text, folder string) (reason string) {
	defer func() {
		if crash := recover(); crash != nil {
			reason = fmt.Sprintf("panic: %v", crash)
		}
	}()
	details := types.ConfigDetails{
		WorkingDir:  folder,
		ConfigFiles: []types.ConfigFile{{Filename: "docker-compose.yml", Content: []byte(one.Text)}},
		Environment: one.Variables,
	}
	_, err := loader.LoadWithContext(context.Background(), details, func(options *loader.Options) {
		options.SetProjectName("case", true)
		options.Profiles = strings.FieldsFunc(one.Variables["COMPOSE_PROFILES"], func(c rune) bool { return c == ',' })
	})
	if err == nil {
		return ""
	}
	return err.Error()
}
