package ops_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// leaf returns a parameter of the graph's float type with the entries of an array.
func leaf(g *graph.Graph, name string, a array) *node {
	if g.Dtype() == tensor.Float64 {
		return g.Param(name, tensor.New(tensor.WithShape(a.Dims...), tensor.WithBacking(append([]float64(nil), a.Data...))))
	}
	data := make([]float32, len(a.Data))
	for i, v := range a.Data {
		data[i] = float32(v)
	}
	return g.Param(name, tensor.New(tensor.WithShape(a.Dims...), tensor.WithBacking(data)))
}

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// valuesAt returns the values of nodes that need no input.
func valuesAt(t fataler, y ...*node) []array {
	t.Helper()
	p, err := graph.Compile(y...)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	if err := p.Run(); err != nil {
		t.Fatalf("run: %v", err)
	}
	return valuesOf(t, p, y...)
}

func valuesOf(t fataler, p *graph.Program, y ...*node) []array {
	t.Helper()
	out := make([]array, len(y))
	for i, n := range y {
		v, err := p.Value(n)
		if err != nil {
			t.Fatalf("value: %v", err)
		}
		out[i].Dims = append([]int(nil), v.Shape()...)
		if v.Dtype() == tensor.Float64 {
			out[i].Data = append([]float64(nil), v.Float64s()...)
			continue
		}
		for _, x := range v.Float32s() {
			out[i].Data = append(out[i].Data, float64(x))
		}
	}
	return out
}

// same fails unless two arrays agree to a relative tolerance.
func same(t fataler, what string, got, want array, tolerance float64) {
	t.Helper()
	if graph.ShapeOf(got.Dims...) != graph.ShapeOf(want.Dims...) {
		t.Fatalf("%s has shape %v, want %v", what, got.Dims, want.Dims)
	}
	for i, w := range want.Data {
		if g := got.Data[i]; !(math.Abs(g-w) <= tolerance*math.Max(1, math.Abs(w))) {
			t.Fatalf("%s: entry %d is %g, want %g", what, i, g, w)
		}
	}
}

// arrayOf draws an array of whole numbers, which products and sums of a few keep
// exact.
func arrayOf(t *rapid.T, name string, dims []int) array {
	n := 1
	for _, d := range dims {
		n *= d
	}
	a := array{Dims: dims}
	for _, v := range rapid.SliceOfN(rapid.IntRange(-9, 9), n, n).Draw(t, name) {
		a.Data = append(a.Data, float64(v))
	}
	return a
}

func dimsOf(t *rapid.T, name string, rank int) []int {
	return rapid.SliceOfN(rapid.IntRange(1, 4), rank, rank).Draw(t, name)
}

func graphOf(t *rapid.T) *graph.Graph {
	return graph.NewOf(rapid.SampledFrom([]tensor.Dtype{tensor.Float64, tensor.Float32}).Draw(t, "type"))
}

// Every constructor meets what cannot be with a failed node whose error says why.
func TestLinearErrors(t *testing.T) {
	g := graph.New()
	in := func(dims ...int) *node { return g.Input("x", dims...) }
	for name, c := range map[string]struct {
		y    *node
		want error
	}{
		"MatMul inner":           {ops.MatMul(in(2, 3), in(4, 5)), graph.ErrShape},
		"MatMul vector":          {ops.MatMul(in(2, 3), in(3)), graph.ErrShape},
		"MatMul scalar":          {ops.MatMul(in(), in()), graph.ErrShape},
		"MatMul stacks":          {ops.MatMul(in(2, 2, 3), in(3, 3, 2)), graph.ErrShape},
		"MatMul Batch":           {ops.MatMul(in(2, 3), in(batch, 3)), graph.ErrShape},
		"T of vector":            {ops.T(in(3)), graph.ErrAxis},
		"T of scalar":            {ops.T(in()), graph.ErrAxis},
		"Transpose short":        {ops.Transpose(in(2, 3), 0), graph.ErrAxis},
		"Transpose twice":        {ops.Transpose(in(2, 3), 0, 0), graph.ErrAxis},
		"Transpose far":          {ops.Transpose(in(2, 3), 0, 2), graph.ErrAxis},
		"BroadcastTo":            {ops.BroadcastTo(in(2, 3), graph.ShapeOf(3, 3)), graph.ErrShape},
		"BroadcastTo shorter":    {ops.BroadcastTo(in(1, 3), graph.ShapeOf(3)), graph.ErrShape},
		"BroadcastTo from Batch": {ops.BroadcastTo(in(batch), graph.ShapeOf(3)), graph.ErrShape},
		"BroadcastTo nothing":    {ops.BroadcastTo(in(1), graph.ShapeOf(0)), graph.ErrEmpty},
		"BroadcastTo a lot":      {ops.BroadcastTo(in(1), graph.ShapeOf(math.MaxInt/2+1, 4)), graph.ErrSize},
		"SumTo":                  {ops.SumTo(in(2, 3), graph.ShapeOf(2)), graph.ErrShape},
		"SumTo longer":           {ops.SumTo(in(2), graph.ShapeOf(1, 2)), graph.ErrShape},
		"Sum far":                {ops.Sum(in(2, 3), 2), graph.ErrAxis},
		"Sum of scalar":          {ops.Sum(in(), 0), graph.ErrAxis},
		"Sum twice":              {ops.Sum(in(2, 3), 1, -1), graph.ErrAxis},
		"Mean far":               {ops.Mean(in(2, 3), -3), graph.ErrAxis},
		"Count far":              {ops.Count(in(2, 3), 2), graph.ErrAxis},
		"Max far":                {ops.Max(in(2, 3), 2), graph.ErrAxis},
		"Min far":                {ops.Min(in(2, 3), 2), graph.ErrAxis},
		"Prod far":               {ops.Prod(in(2, 3), 2), graph.ErrAxis},
		"Variance far":           {ops.Variance(in(2, 3), 2), graph.ErrAxis},
		"Norm1 far":              {ops.Norm1(in(2, 3), 2), graph.ErrAxis},
		"Norm2 far":              {ops.Norm2(in(2, 3), 2), graph.ErrAxis},
		"Reshape":                {ops.Reshape(in(2, 3), 4), graph.ErrShape},
		"Reshape into Batch":     {ops.Reshape(in(2, 3), -1), graph.ErrShape},
		"Reshape Batch away":     {ops.Reshape(in(batch, 3), 6), graph.ErrShape},
		"Reshape past Batch":     {ops.Reshape(in(2, batch), batch, 2), graph.ErrShape},
		"Reshape merging Batch":  {ops.Reshape(in(2, batch, 3), 6, batch), graph.ErrShape},
		"Reshape one Batch less": {ops.Reshape(in(batch, batch), batch), graph.ErrShape},
		"Reshape overflowing":    {ops.Reshape(in(1), math.MaxInt/2+1, 4, 4), graph.ErrShape},
		"Reshape to nothing":     {ops.Reshape(in(2), 0, 2), graph.ErrShape},
		"ExpandDims far":         {ops.ExpandDims(in(2), 2), graph.ErrAxis},
		"ExpandDims far back":    {ops.ExpandDims(in(2), -3), graph.ErrAxis},
		"Squeeze":                {ops.Squeeze(in(2, 1), 0), graph.ErrShape},
		"Squeeze Batch":          {ops.Squeeze(in(batch, 1), 0), graph.ErrShape},
		"Squeeze far":            {ops.Squeeze(in(2, 1), 2), graph.ErrAxis},
		"Slice far":              {ops.Slice(in(2, 3), 2, 0, 1), graph.ErrAxis},
		"Slice past end":         {ops.Slice(in(2, 3), 1, 1, 4), graph.ErrShape},
		"Slice before start":     {ops.Slice(in(2, 3), 1, -1, 2), graph.ErrShape},
		"Slice backwards":        {ops.Slice(in(2, 3), 1, 2, 1), graph.ErrShape},
		"Slice nothing":          {ops.Slice(in(2, 3), 1, 1, 1), graph.ErrEmpty},
		"Slice by a symbol":      {ops.Slice(in(3, 3), 0, 0, batch), graph.ErrShape},
		"Slice from a symbol":    {ops.Slice(in(batch, 3), 0, graph.Extent("T"), graph.End), graph.ErrShape},
		"Slice of other symbol":  {ops.Slice(in(batch, 3), 0, 0, graph.Extent("T")), graph.ErrShape},
		"Slice past T":           {ops.Slice(in(batch, 3), 0, 0, graph.Shift(batch, 1)), graph.ErrShape},
		"Slice from past T":      {ops.Slice(in(batch, 3), 0, graph.Shift(batch, 1), graph.End), graph.ErrShape},
		"Index past end":         {ops.Index(in(2, 3), 1, 3), graph.ErrShape},
		"Index before start":     {ops.Index(in(2, 3), 1, -4), graph.ErrShape},
		"Index far":              {ops.Index(in(2, 3), 2, 0), graph.ErrAxis},
		"Keep far":               {ops.Keep(ops.Sum, in(2, 3), 2), graph.ErrAxis},
		"Concat nothing":         {ops.Concat(0), graph.ErrGraph},
		"Concat far":             {ops.Concat(2, in(2, 3), in(2, 3)), graph.ErrAxis},
		"Concat one, far":        {ops.Concat(2, in(2, 3)), graph.ErrAxis},
		"Concat scalars":         {ops.Concat(0, in(), in()), graph.ErrAxis},
		"Concat ranks":           {ops.Concat(0, in(2, 3), in(2)), graph.ErrShape},
		"Concat extents":         {ops.Concat(0, in(2, 3), in(2, 4)), graph.ErrShape},
		"Concat Batch":           {ops.Concat(1, in(2, batch), in(2, batch)), graph.ErrShape},
		"Stack nothing":          {ops.Stack(0), graph.ErrGraph},
		"Stack shapes":           {ops.Stack(0, in(2), in(3)), graph.ErrShape},
		"Stack far":              {ops.Stack(2, in(2), in(2)), graph.ErrAxis},
		"Gather far":             {ops.Gather(in(2, 3), 2, in(1)), graph.ErrAxis},
		"Gather Batch":           {ops.Gather(in(batch, 3), 0, in(1)), graph.ErrShape},
		"OneHot column":          {ops.OneHot(in(3, 1), 2), graph.ErrShape},
		"OneHot vector":          {ops.OneHot(in(3), 2), graph.ErrShape},
		"OneHot no class":        {ops.OneHot(in(1, 3), 0), graph.ErrShape},
		"OneHot −1 classes":      {ops.OneHot(in(1, 3), -1), graph.ErrShape},
		"Dot":                    {ops.Dot(in(2), in(3)), graph.ErrShape},
		"Outer":                  {ops.Outer(in(2, 1), in(3)), graph.ErrShape},
		"Einsum arrow":           {ops.Einsum("ij,jk", in(2, 3), in(3, 2)), graph.ErrShape},
		"Einsum operands":        {ops.Einsum("ij,jk->ik", in(2, 3)), graph.ErrShape},
		"Einsum none":            {ops.Einsum("ij,jk->ik"), graph.ErrGraph},
		"Einsum rank":            {ops.Einsum("ij,jk->ik", in(2, 3), in(3)), graph.ErrShape},
		"Einsum extents":         {ops.Einsum("ij,jk->ik", in(2, 3), in(4, 2)), graph.ErrShape},
		"Einsum Batch":           {ops.Einsum("ij,jk->ik", in(2, 3), in(batch, 2)), graph.ErrShape},
		"Einsum diagonal":        {ops.Einsum("ii->i", in(3, 3)), graph.ErrShape},
		"Einsum result twice":    {ops.Einsum("i->ii", in(3)), graph.ErrShape},
		"Einsum new letter":      {ops.Einsum("i->j", in(3)), graph.ErrShape},
		"Einsum dots":            {ops.Einsum("...i->i", in(3)), graph.ErrShape},
		"Einsum digit":           {ops.Einsum("1->1", in(3)), graph.ErrShape},
		"Einsum Greek":           {ops.Einsum("α->α", in(3, 3)), graph.ErrShape},
		"Einsum two arrows":      {ops.Einsum("i->i->i", in(3)), graph.ErrShape},
		"Bias vector":            {ops.Bias(in(3), in(3, 2)), graph.ErrShape},
		"Bias row":               {ops.Bias(in(1, 2), in(3, 2)), graph.ErrShape},
		"Bias scalar":            {ops.Bias(in(1, 1), in()), graph.ErrShape},
	} {
		if err := c.y.Err(); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want one that wraps %q", name, err, c.want)
		}
		if _, err := graph.Compile(c.y); !errors.Is(err, c.want) {
			t.Errorf("%s: Compile returns %v, want an error that wraps %q", name, err, c.want)
		}
	}
}
