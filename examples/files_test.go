package examples_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/store"
)

// outputs runs a command, which has to succeed or to fail without a panic, and
// returns what it says.
func outputs(t *testing.T, c *exec.Cmd, succeeds bool) string {
	t.Helper()
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if succeeds && err != nil || !succeeds && !errors.As(err, &exit) || bytes.Contains(out, []byte("panic")) {
		t.Fatalf("%v: %v\n%s", c.Args[1:], err, out)
	}
	return string(out)
}

// examplesWithFiles are those that take -save, -load, -onnx and -report, with what
// makes them quick.
var examplesWithFiles = map[string][]string{
	"keras":  {"keras", "-epochs", "3", "-quiet"},
	"digits": {"digits", "-epochs", "3"},
}

// What -save has written -load evaluates to the same numbers, without training, and
// -onnx and -report write of it the same as of the one that was trained.
func TestFilesOfExamples(t *testing.T) {
	for name, example := range examplesWithFiles {
		folder := t.TempDir()
		at := func(file string) string { return filepath.Join(folder, file) }
		trained := outputs(t, command(t, append(example, "-save", at("model"), "-onnx", at("model.onnx"), "-report", at("report.html"))...), true)
		loaded := outputs(t, command(t, append(example, "-load", at("model"), "-save", at("copy"), "-onnx", at("copy.onnx"), "-report", at("copy.html"))...), true)
		if !strings.Contains(trained, "Total params") || strings.Contains(loaded, "Total params") {
			t.Errorf("%s: trained\n%s\nloaded\n%s", name, trained, loaded)
		}
		if accuracy := heldOut.FindString(trained); accuracy == "" || heldOut.FindString(loaded) != accuracy {
			t.Errorf("%s: %q after Fit, loaded it has %q", name, accuracy, heldOut.FindString(loaded))
		}
		for _, file := range []string{"model", "model.onnx", "report.html"} {
			if !strings.Contains(trained, " to "+at(file)+"\n") {
				t.Errorf("%s does not say that it wrote %s:\n%s", name, file, trained)
			}
		}
		for file, copied := range map[string]string{"model": "copy", "model.onnx": "copy.onnx"} {
			if text := read(t, at(file)); text == "" || read(t, at(copied)) != text {
				t.Errorf("%s: %s and %s differ", name, file, copied)
			}
		}
		if page := read(t, at("report.html")); !strings.Contains(page, "Loss of each epoch") || !strings.Contains(page, `<th scope="row">Epochs, at most</th><td>3</td>`) {
			t.Errorf("%s: the report has no curve or no options", name)
		}
		if page := read(t, at("copy.html")); strings.Contains(page, "Loss of each epoch") || !strings.Contains(page, "Confusion matrix") {
			t.Errorf("%s: the report of a model that was loaded has a curve, or no matrix", name)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 6 {
			t.Errorf("%s left %v, %v", name, left, err)
		}
	}
}

// A path that cannot be read or written, a file that is damaged and a model of other
// features are errors that name the file, come before anything is trained, and
// change no file.
func TestBadFilesOfExamples(t *testing.T) {
	folder := t.TempDir()
	at := func(file string) string { return folder + "/" + file }
	other := &models.Logistic{Penalty: models.L2, Lambda: 1}
	if _, err := other.Fit(t.Context(), data.Iris(), models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := store.Save(at("iris"), other); err != nil {
		t.Fatal(err)
	}
	whole := read(t, at("iris"))
	write(t, at("half"), whole[:len(whole)/2])
	write(t, at("kept"), "what was there")
	write(t, at("page"), "<html>")
	if err := os.Mkdir(at("folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	type test struct{ flag, file, message string }
	tests := []test{
		{"-load", "nothing", "no such file"},
		{"-load", "folder", "is a directory"},
		{"-load", "half", models.ErrCorrupt.Error()},
		{"-load", "page", models.ErrCorrupt.Error()},
		{"-load", "iris", "features where 4 were fitted"},
	}
	for _, flag := range []string{"-save", "-onnx", "-report"} {
		tests = append(tests,
			test{flag, "nowhere/file", "no such file"}, test{flag, "folder", "there is a folder of that name"}, test{flag, "kept/file", "not a directory"})
	}
	tests = append(tests,
		test{"-onnx", "kept", "-save and -onnx are both"}, test{"-report", "./kept", "-save and -report are both"})
	for name, example := range examplesWithFiles {
		for _, c := range tests {
			args := append(example, "-save", at("kept"), c.flag, at(c.file))
			out := outputs(t, command(t, args...), false)
			if !strings.Contains(out, c.message) || !strings.Contains(out, at(c.file)) || strings.Contains(out, "Total params") {
				t.Errorf("%s %s %s:\n%s", name, c.flag, c.file, out)
			}
			if kept, left := read(t, at("kept")), names(t, folder); kept != "what was there" || left != "folder half iris kept page" {
				t.Fatalf("%s %s %s: the file holds %.20q, the folder %s", name, c.flag, c.file, kept, left)
			}
		}
	}
}

// A model that was loaded is not lost to what is written of it.
func TestLoadedFileIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	outputs(t, command(t, append(examplesWithFiles["digits"], "-save", path)...), true)
	whole := read(t, path)
	for _, flag := range []string{"-onnx", "-report"} {
		out := outputs(t, command(t, "digits", "-load", path, flag, path), false)
		if !strings.Contains(out, "-load and "+flag+" are both "+path) || read(t, path) != whole {
			t.Errorf("%s: %s", flag, out)
		}
	}
	outputs(t, command(t, "digits", "-load", path, "-save", path), true)
	if read(t, path) != whole {
		t.Error("saved again it is another model")
	}
}

// A disk that is full at the end of a training costs the file that it is too small
// for, and no other.
func TestFullDiskOfExamples(t *testing.T) {
	folder := t.TempDir()
	at := func(file string) string { return filepath.Join(folder, file) }
	write(t, at("report.html"), "the report before")
	limited := command(t, append(examplesWithFiles["keras"], "-save", at("model"), "-onnx", at("model.onnx"), "-report", at("report.html"))...)
	limited.Args = append([]string{"sh", "-c", `trap '' XFSZ; ulimit -f 20; exec "$0" "$@"`, limited.Path}, limited.Args[1:]...) // files of at most 10 or 20 kB
	limited.Path = "/bin/sh"
	out := outputs(t, limited, false)
	if !strings.Contains(out, "report.html") || !strings.Contains(out, "file too large") {
		t.Errorf("it says\n%s", out)
	}
	if _, err := store.Load(at("model")); err != nil {
		t.Error(err)
	}
	if page, left := read(t, at("report.html")), names(t, folder); page != "the report before" || left != "model model.onnx report.html" {
		t.Errorf("the report is %.30q, the folder holds %s", page, left)
	}
}

// The picture of trace has the numbers that it prints: w[1] and its cotangent.
func TestPictureOfTrace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.svg")
	outputs(t, command(t, "trace", "-svg", path), true)
	picture := read(t, path)
	for _, text := range []string{">0.5000 -0.2500<", ">0.1000  0.7500<", ">r₁φ[1]<", ">-0.0277  0.0554<", "> 0.0174 -0.0348<", ">0.9229<", ">-1.0835<"} {
		if !strings.Contains(picture, text) {
			t.Errorf("no %s in the picture", text)
		}
	}
}

// A training that is interrupted keeps what it has learned.
func TestInterruptedExample(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	c := command(t, "keras", "-epochs", "1000000", "-save", path)
	var errs bytes.Buffer
	c.Stderr = &errs
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewScanner(pipe)
	for out.Scan() {
		if strings.HasPrefix(out.Text(), "epoch ") {
			if err := c.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	for out.Scan() { // to its end
	}
	if err := c.Wait(); err != nil || !strings.Contains(errs.String(), "interrupt") {
		t.Errorf("%v: %s", err, &errs)
	}
	if _, err := store.Load(path); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// names lists the files in a folder.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}
