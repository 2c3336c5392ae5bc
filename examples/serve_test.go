package examples_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/store"
)

var curl = regexp.MustCompile(`^curl -H '(.+): (.+)' -d '(.+)' (http://127\.0\.0\.1:\d+/predict)$`)

// A saved model is served as one that was just trained. The curl line that is
// printed is right, and SIGINT and SIGTERM end the program without an error.
func TestServe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "model.safetensors")
	save(t, file)
	for name, c := range map[string]struct {
		args   []string
		signal os.Signal
		class  string
	}{
		"train": {nil, syscall.SIGTERM, `"class":"benign"`},
		"load":  {[]string{"-load", file}, os.Interrupt, `"class":"versicolor"`},
	} {
		t.Run(name, func(t *testing.T) {
			program := command(t, append([]string{"serve", "-addr", "127.0.0.1:0"}, c.args...)...)
			var errors bytes.Buffer
			program.Stderr = &errors
			pipe, err := program.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := program.Start(); err != nil {
				t.Fatal(err)
			}
			out := bufio.NewScanner(pipe)
			var m []string
			for m == nil && out.Scan() {
				m = curl.FindStringSubmatch(out.Text())
			}
			if m == nil {
				t.Fatalf("no curl line; %s", &errors)
			}
			if got := post(t, m[4], m[1], m[2], m[3]); !strings.Contains(got, c.class) {
				t.Errorf("the answer is %s, want %s", got, c.class)
			}
			if err := program.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			if !out.Scan() || out.Text() != "stopped" {
				t.Errorf("the last line is %q", out.Text())
			}
			if err := program.Wait(); err != nil {
				t.Errorf("%v; %s", err, &errors)
			}
			if lines := strings.Count(errors.String(), "status=200 rows=1 "); lines != 1 {
				t.Errorf("%d lines for one request: %s", lines, &errors)
			}
		})
	}
}

// save writes a model of irises.
func save(t *testing.T, path string) {
	t.Helper()
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	if _, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := store.Save(path, m); err != nil {
		t.Fatal(err)
	}
}

// post does what the curl line does.
func post(t *testing.T, url, key, value, body string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(key, value)
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
