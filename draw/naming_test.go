package draw_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"adjoint/draw"
	"adjoint/graph"
	"adjoint/ops"
)

// The captions of networks are graph.Composition.
func TestCaptionIsComposition(t *testing.T) {
	for layers := 1; layers < 5; layers++ {
		j := network(layers)
		d, err := draw.Of(j, draw.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range graph.Params(j) {
			if i == len(d.Caption)-1 {
				break
			}
			if want := fmt.Sprintf("∂J/∂%s = %s", w.Name(), graph.Composition(j, w)); d.Caption[i] != want {
				t.Errorf("%s\nwant %s", d.Caption[i], want)
			}
		}
	}
}

var edgeLabel = regexp.MustCompile(`-\. "([^"]*)" \.->`)

// Each name in a caption is that of an arrow of the picture, and no two arrows into
// one map have the same name, nor do any two of a step.
func TestCaptionsAndArrowsAgree(t *testing.T) {
	for name := range odd {
		j := build(name)
		picture := write(t, j, draw.Options{Maps: 1000}, (*draw.Diagram).WriteMermaid)
		d, err := draw.Of(j, draw.Options{})
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(picture, "subgraph")
		for _, part := range parts {
			for r, n := range arrowsOf(part) {
				if n > 1 {
					t.Errorf("%s: %d arrows %s", name, n, r)
				}
			}
		}
		arrows := arrowsOf(parts[0])
		for _, c := range d.Caption {
			_, composition, _ := strings.Cut(c, " = ")
			for _, path := range strings.Split(composition, " + ") {
				for _, r := range strings.Split(path, "∘") {
					r = strings.NewReplacer("<", "#60;", ">", "#62;").Replace(r)
					if strings.HasPrefix(r, "r") && arrows[r] == 0 {
						t.Errorf("%s: no arrow %s in the picture of %s", name, r, c)
					}
				}
			}
		}
	}
}

// arrowsOf counts the reverse arrows of a part of a picture by their names.
func arrowsOf(mermaid string) map[string]int {
	arrows := map[string]int{}
	for _, m := range edgeLabel.FindAllStringSubmatch(mermaid, -1) {
		arrows[m[1]]++
	}
	return arrows
}

// A recurrence unfolds: its step is drawn under it, of the names that it has outside, with the reverse
// arrows of what moves. One that is inside another is, too; of many, four are.
func TestScanUnfolds(t *testing.T) {
	for name, want := range map[string][]string{
		"scan":            {`"scan, at each time: (s, concat, w, u) ↦ s′"`},
		"scan's gradient": {`"h = scan, at each time: (h, concat, w, u) ↦ h′"`},
		"scan of scans":   {`"scan, at each time: (s, concat, w, u) ↦ s′"`, `"scan, at each time: (s, concat, w, u) ↦ s′"`},
		"many scans":      {`(s, concat, w1, u1)`, `(s, scan[1], w2, u2)`, `(s, scan[2], w3, u3)`, `(s, scan[3], w4, u4)`},
	} {
		steps := strings.Split(write(t, build(name), draw.Options{Maps: 1000}, (*draw.Diagram).WriteMermaid), "subgraph")[1:]
		if len(steps) != len(want) {
			t.Fatalf("%s: %d steps, want %d: %q", name, len(steps), len(want), steps)
		}
		for i, s := range steps {
			if !strings.Contains(s, want[i]) {
				t.Errorf("%s: step %d is %s, want %s", name, i, s, want[i])
			}
			if arrows := arrowsOf(s); name == "scan" && (arrows["rtanh"] != 1 || arrows["r₁φ[1]"] != 1 || arrows["rφ[2]"] != 1 || len(arrows) != 6) {
				t.Errorf("%s: reverse arrows %v", name, arrows)
			}
		}
	}
}

// Where the notations of two parameters differ, both captions say the name of the
// arrow: the second factor of a product of which one depends on v, both on w.
func TestOneNameForAnArrow(t *testing.T) {
	d, err := draw.Of(build("bilinear"), draw.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"∂J/∂w = r₁φ[1]∘rtanh∘r₁⊙∘rΣ + r₁φ[1]∘rσ∘rφ[2]∘r₂⊙∘rΣ", "∂J/∂v = r₁φ[2]∘r₂⊙∘rΣ"}
	if got := strings.Join(d.Caption, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// J, names of values and long ones stand in the boxes, as in the captions.
func TestNamesInBoxes(t *testing.T) {
	for name, want := range map[string][]string{
		"row":        {">J = mean<"},
		"inner node": {">h = tanh<", ">a = σ<", ">E = mean<", ">∂E/∂w1 = "},
		"long names": {">representation_of_the_e… = tanh<", ">w_of_the_first_hidden_l…<", ">∂J/∂w_of_the_first_hidden_l… = "},
		"unnamed":    {">#2<", ">∂J/∂#2 = "},
		"leaf":       {">x<"},
	} {
		picture := write(t, build(name), draw.Options{}, (*draw.Diagram).WriteSVG)
		for _, w := range want {
			if !strings.Contains(picture, w) {
				t.Errorf("%s: no %s", name, w)
			}
		}
	}
	x := graph.New().Input("x", 2)
	if s := write(t, ops.Sum(ops.Scale(1.0/3, x)), draw.Options{}, (*draw.Diagram).WriteSVG); !strings.Contains(s, ">0.3333·<") {
		t.Error("a number of many digits")
	}
}

var colour = regexp.MustCompile(`(?:fill|stroke):(#[0-9a-f]{6})`)

// On a dark screen everything that is dark on a light one has another colour.
func TestDarkScreen(t *testing.T) {
	picture := write(t, network(1), draw.Options{}, (*draw.Diagram).WriteSVG)
	light, dark, ok := strings.Cut(picture, "@media (prefers-color-scheme: dark){")
	if !ok {
		t.Fatal("no dark screen")
	}
	dark, _, _ = strings.Cut(dark, "]]>")
	for _, rule := range regexp.MustCompile(`(?m)^\.([a-z-]+)\{.*$`).FindAllStringSubmatch(light, -1) {
		if colour.MatchString(rule[0]) && !regexp.MustCompile(`\.`+rule[1]+`[,{]`).MatchString(dark) {
			t.Errorf("%s has one colour", rule[1])
		}
	}
	if strings.Contains(picture, `style="`) {
		t.Error("a colour that no screen can change")
	}
}
