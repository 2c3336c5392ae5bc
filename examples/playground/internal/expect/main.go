// Expect prints, as JSON, what the engine in Go says of the examples that the test of the
// page in a browser looks at: the page has to show the same numbers.
package main

import (
	"encoding/json"
	"log"
	"os"

	"adjoint/examples/playground/internal/play"
)

func main() {
	s, err := play.New(play.Default())
	if err != nil {
		log.Fatal(err)
	}
	look, err := s.Look(5)
	if err != nil {
		log.Fatal(err)
	}
	look.SVG = ""
	if err := json.NewEncoder(os.Stdout).Encode(look); err != nil {
		log.Fatal(err)
	}
}
