package plot

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/plotter"
)

// The example of scikit-learn's roc_auc_score and roc_curve: area 3/4.
func TestROCPublished(t *testing.T) {
	points, area, ok := roc([]bool{false, false, true, true}, []float64{0.1, 0.4, 0.35, 0.8})
	want := plotter.XYs{{X: 0, Y: 0}, {X: 0, Y: 0.5}, {X: 0.5, Y: 0.5}, {X: 0.5, Y: 1}, {X: 1, Y: 1}}
	if !ok || area != 0.75 || !slices.Equal(points, want) {
		t.Errorf("roc = %v, %g, %v, want %v, 0.75, true", points, area, ok, want)
	}
}

// Curves with many ties are those of gonum, and the area that of the trapezoidal
// rule under gonum's.
func TestROCAgainstGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 2 + r.IntN(40)
		score, positive := make([]float64, n), make([]bool, n)
		for i := range score {
			score[i], positive[i] = float64(r.IntN(8))/8, r.IntN(2) == 1
		}
		points, area, ok := roc(positive, score)
		if both := slices.Contains(positive, true) && slices.Contains(positive, false); ok != both {
			t.Fatalf("roc of %v: ok is %v", positive, ok)
		} else if !both {
			continue
		}
		y, classes := slices.Clone(score), slices.Clone(positive)
		stat.SortWeightedLabeled(y, classes, nil)
		tpr, fpr, _ := stat.ROC(nil, y, classes, nil)
		if len(tpr) != len(points) {
			t.Fatalf("%d points, gonum has %d", len(points), len(tpr))
		}
		for i, p := range points {
			if math.Abs(p.X-fpr[i])+math.Abs(p.Y-tpr[i]) > 1e-12 {
				t.Fatalf("point %d is %v, gonum's (%g, %g)", i, p, fpr[i], tpr[i])
			}
		}
		if want := integrate.Trapezoidal(fpr, tpr); math.Abs(area-want) > 1e-12 {
			t.Fatalf("area %g, gonum's %g", area, want)
		}
	}
}

// Thinning keeps the ends, the order, and every peak.
func TestThin(t *testing.T) {
	points := make(plotter.XYs, 100_000)
	for i := range points {
		points[i] = plotter.XY{X: float64(i), Y: 1}
	}
	points[31_415].Y, points[27_182].Y = 9, -9
	thinned := thin(points)
	if len(thinned) > 1000 || thinned[0] != points[0] || thinned[len(thinned)-1] != points[len(points)-1] {
		t.Errorf("%d points from %v to %v", len(thinned), thinned[0], thinned[len(thinned)-1])
	}
	if !slices.Contains(thinned, points[31_415]) || !slices.Contains(thinned, points[27_182]) {
		t.Error("a peak is gone")
	}
	if !slices.IsSortedFunc(thinned, func(a, b plotter.XY) int { return int(a.X - b.X) }) {
		t.Error("out of order")
	}
}
