package examples_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"regexp"
	"testing"

	"adjoint/data"
)

// The curl line of lenet, with a picture of a digit, is answered by what the picture shows: larger than the pixels of
// training, and grey from 0 to 255 where those were 0 to 16.
func TestLenetServesPictures(t *testing.T) {
	c := command(t, "lenet", "-epochs", "3", "-serve", "127.0.0.1:0")
	var errs bytes.Buffer
	c.Stderr = &errs
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	curl := regexp.MustCompile(`^curl -H 'Content-Type: (image/png)' --data-binary @digit\.png (http://127\.0\.0\.1:\d+/predict)$`)
	out := bufio.NewScanner(pipe)
	var m []string
	for m == nil && out.Scan() {
		m = curl.FindStringSubmatch(out.Text())
	}
	if m == nil {
		t.Fatalf("no curl line; %s", &errs)
	}
	right := 0
	digits := data.Digits()
	for i := range 10 {
		r, err := http.Post(m[2], m[1], pictureOf(t, digits.Row(i), 8, 3))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Predictions []struct{ Class string } }
		err = json.NewDecoder(r.Body).Decode(&answer)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || len(answer.Predictions) != 1 {
			t.Fatalf("%s: %+v, %v", r.Status, answer, err)
		}
		if answer.Predictions[0].Class == digits.Classes[int(digits.Y[i])] {
			right++
		}
	}
	if right < 8 {
		t.Errorf("%d of 10 pictures were read right", right)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%v; %s", err, &errs)
	}
}

// pictureOf is a PNG file of side×side pixels from 0 to 16, each of them enlarged.
func pictureOf(t *testing.T, pixels []float64, side, by int) *bytes.Buffer {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, side*by, side*by))
	for y := range side * by {
		for x := range side * by {
			p.SetGray(x, y, color.Gray{Y: uint8(pixels[y/by*side+x/by] * 255 / 16)})
		}
	}
	b := new(bytes.Buffer)
	if err := png.Encode(b, p); err != nil {
		t.Fatal(err)
	}
	return b
}
