// Chars is a language model of characters, a GRU or a transformer: it learns to say what comes next
// in a text, and then writes. Out of the box it learns from the document that this module is about,
// which is short; -text FILE names another.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"log"
	"os"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

//go:embed document.txt
var document string

func main() {
	log.SetFlags(0)
	path := flag.String("text", "", "a text in UTF-8 (default: the document)")
	kind := flag.String("model", "gru", "gru or transformer")
	steps := flag.Int("steps", 600, "steps of training")
	length := flag.Int("length", 64, "characters of a window")
	size := flag.Int("batch", 16, "windows of a step")
	rate := flag.Float64("rate", 3e-3, "the learning rate of Adam, which falls to 0")
	seed := flag.Uint64("seed", 1, "the seed of the weights, the windows and what it writes")
	count := flag.Int("write", 200, "how many characters to write")
	temperature := flag.Float64("temperature", 0.8, "of what it writes")
	flag.Parse()
	if *path != "" {
		document = string(example.Must(os.ReadFile(*path)))
	}
	text := example.Must(data.Characters(document))
	train, held, err := text.Split(0.1)
	example.Check(err)

	g := graph.NewOf(tensor.Float32)
	m := newModel(g, *kind, len(text.Alphabet), *length, *seed)
	fmt.Printf("%s of %d numbers, %d characters of %d kinds\n", *kind, m.numbers, len(train.Symbols), len(text.Alphabet))
	t := newTraining(m, *rate, *steps, *length, *size)
	for step := range *steps {
		if step%100 == 0 {
			fmt.Printf("step %4d  %.3f bits per character held out\n", step, t.bits(held))
		}
		t.step(train, example.Must(train.Windows(*length, *size, *seed, uint64(step))))
	}

	q := example.Must(m.generator())
	sampler := sequence.Sampler{Temperature: *temperature, Seed: *seed}
	begin := text.Symbols[:1]
	fmt.Printf("%s\n", text.Decode(append(begin[:1:1], write(q, sampler, begin, *count)...)))
	fmt.Printf("held out %.3f bits per character\n", t.bits(held))
}

// write draws so many symbols, fewer if the model has no room for them.
func write(q *sequence.Generator, s sequence.Sampler, begin []int, count int) []int {
	written, err := q.Write(s, begin, count)
	if len(written) == 0 {
		example.Check(err)
	}
	return written
}
