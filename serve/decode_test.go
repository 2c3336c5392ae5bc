package serve

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"adjoint/models"

	"adjoint/internal/memtest"
)

var ab = []string{"a", "b"}

func TestDecode(t *testing.T) {
	for body, want := range map[string][]float64{
		`{"row":[1,2]}`:                             {1, 2},
		`{"rows":[[1,2]]}`:                          {1, 2},
		` { "rows" : [ [1 ,2 ] , [3,4] ] } `:        {1, 2, 3, 4},
		`{"rows":[{"b":2,"a":1},[3,4]]}`:            {1, 2, 3, 4},
		`{"row":{"\u0061":1,"b":2}}`:                {1, 2},
		`{"row":[-0,4.9e-324]}`:                     {math.Copysign(0, -1), 4.9e-324},
		`{"row":[1e-400,1.7976931348623157e308]}`:   {0, math.MaxFloat64},
		`{"row":[0.1,0.1000000000000000055511151]}`: {0.1, 0.1},
	} {
		x, err := decodeNumbers([]byte(body), ab, 2)
		if err != nil || !sameBits(x, want) {
			t.Errorf("%s: %v, %v, want %v", body, x, err, want)
		}
	}
}

// Rows of any numbers, in either form and with white space anywhere, come out as
// they went in, bit for bit.
func TestDecodeTakesAnyRows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		rows, want := make([]any, 1+random.IntN(5)), []float64{}
		for i := range rows {
			a, b := anyFloat(random), anyFloat(random)
			want = append(want, a, b)
			if rows[i] = []float64{a, b}; random.IntN(2) == 0 {
				rows[i] = map[string]float64{"a": a, "b": b}
			}
		}
		request := map[string]any{"rows": rows}
		if len(rows) == 1 && random.IntN(2) == 0 {
			request = map[string]any{"row": rows[0]}
		}
		text, err := json.Marshal(request)
		if random.IntN(2) == 0 {
			text, err = json.MarshalIndent(request, "\r\t", "  ")
		}
		if err != nil {
			t.Fatal(err)
		}
		if x, err := decodeNumbers(text, ab, 5); err != nil || !sameBits(x, want) {
			t.Fatalf("%s: %v, %v", text, x, err)
		}
	}
}

// anyFloat draws from all finite float64.
func anyFloat(random *rand.Rand) float64 {
	for {
		if x := math.Float64frombits(random.Uint64()); !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
	}
}

// refusals are bodies for a model of the features a and b, with a limit of three
// rows, and what is said of them.
var refusals = []struct {
	body   string
	status int
	text   string
}{
	{``, 400, "malformed JSON before byte 0: unexpected end"},
	{`{"row":[1,2]`, 400, "malformed JSON"},
	{`{"row":[1,2]}}`, 400, "malformed JSON before byte 14: invalid character '}' after top-level value"},
	{`{"row":[1,2]} {"row":[1,2]}`, 400, "after top-level value"},
	{`{"row":[1,2],}`, 400, "malformed JSON"},
	{`{"row":[1,2,]}`, 400, "malformed JSON"},
	{`{'row':[1,2]}`, 400, "malformed JSON"},
	{`{"row":[01,2]}`, 400, "malformed JSON"},
	{`{"row":[.5,2]}`, 400, "malformed JSON"},
	{`{"row":[0x1p3,2]}`, 400, "malformed JSON"},
	{`{"row":[NaN,2]}`, 400, "malformed JSON before byte 9: invalid character 'N'"},
	{`{"row":[Infinity,2]}`, 400, "malformed JSON"},
	{`{"row":[-Infinity,2]}`, 400, "malformed JSON"},
	{"\xef\xbb\xbf" + `{"row":[1,2]}`, 400, "malformed JSON"},
	{`{"row":{"a":1,"b` + "\xff" + `":2}}`, 400, "malformed JSON: not UTF-8"},
	{strings.Repeat("[", 100_000), 400, "malformed JSON"},
	{strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), 400, "malformed JSON"},

	{`[[1,2]]`, 400, `the body is a list; want {"rows": [[…], …]} or {"row": […]}`},
	{`null`, 400, "the body is null"},
	{`"row"`, 400, `the body is the text "row"`},
	{`{}`, 400, "no rows"},
	{`{"rows":[]}`, 400, "no rows"},
	{`{"Rows":[[1,2]]}`, 400, `unknown field "Rows"`},
	{`{"rows":[[1,2]],"id":7}`, 400, `unknown field "id"`},
	{`{"rows":[[1,2]],"rows":[[3,4]]}`, 400, `fields "rows" and "rows"`},
	{`{"row":[1,2],"rows":[[3,4]]}`, 400, `fields "row" and "rows"`},
	{`{"` + strings.Repeat("x", 1000) + `":1}`, 400, `unknown field "` + strings.Repeat("x", 60) + `…"`},
	{`{"rows":{"a":1,"b":2}}`, 400, `"rows" is an object; want a list of rows`},
	{`{"rows":null}`, 400, `"rows" is null`},

	{`{"rows":[1,2]}`, 422, "row 0 is 1; want a list of 2 numbers"},
	{`{"row":true}`, 422, "row 0 is true"},
	{`{"rows":[[1,2],[3]]}`, 422, `row 1 has 1 features; want 2: "a", "b"`},
	{`{"rows":[[1,2],[]]}`, 422, "row 1 has 0 features; want 2"},
	{`{"rows":[[1,2,3,[4,"x"]]]}`, 422, `row 0 has 4 features; want 2: "a", "b"`},
	{`{"rows":[[1,2,{"c":3,"d":[]},4]]}`, 422, "row 0 has 4 features; want 2"},
	{`{"rows":[[1,2,"]\"]"]]}`, 422, "row 0 has 3 features; want 2"},
	{`{"rows":[[1,2],[3,"NaN"]]}`, 422, `row 1, feature "b": want a number, have the text "NaN"`},
	{`{"row":[null,2]}`, 422, `row 0, feature "a": want a number, have null`},
	{`{"row":[1,[2]]}`, 422, `row 0, feature "b": want a number, have a list`},
	{`{"row":[1,{"b":2}]}`, 422, `row 0, feature "b": want a number, have an object`},
	{`{"row":[false,2]}`, 422, `row 0, feature "a": want a number, have false`},
	{`{"row":[1,1e309]}`, 422, `row 0, feature "b": 1e309 is beyond the range of float64`},
	{`{"row":[1,-2e308]}`, 422, `row 0, feature "b": -2e308 is beyond`},
	{`{"row":[1,` + strings.Repeat("9", 400) + `]}`, 422, `row 0, feature "b": ` + strings.Repeat("9", 60) + "… is beyond"},
	{`{"row":{"a":1}}`, 422, `row 0 has 1 features; want 2; missing: "b"`},
	{`{"row":{}}`, 422, `row 0 has 0 features; want 2; missing: "a", "b"`},
	{`{"row":{"a":1,"b":2,"c":3}}`, 422, `row 0: unknown feature "c"; want "a", "b"`},
	{`{"row":{"\"a\"":1,"b":2}}`, 422, `row 0: unknown feature "\"a\""`},
	{`{"row":{"A":1,"b":2}}`, 422, `row 0: unknown feature "A"`},
	{`{"rows":[[1,2],{"a":1,"b":2,"a":1}]}`, 422, `row 1: feature "a" twice`},
	{`{"row":{"a":1,"b":"2"}}`, 422, `row 0, feature "b": want a number, have the text "2"`},

	{`{"rows":[[1,2],[1,2],[1,2],[1,2]]}`, 413, "more than 3 rows"},
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range refusals {
		x, err := decodeNumbers([]byte(c.body), ab, 3)
		f, ok := err.(*failure)
		if !ok || f.status != c.status || !strings.Contains(f.text, c.text) {
			t.Errorf("%.60s: %v, %v, want %d %q", c.body, x, err, c.status, c.text)
		}
	}
}

// A message holds some of the names of a model that has many.
func TestManyFeatures(t *testing.T) {
	features := make([]string, 1000)
	for i := range features {
		features[i] = fmt.Sprint("x", i)
	}
	_, err := decodeNumbers([]byte(`{"row":[1]}`), features, 1)
	if err == nil || !strings.HasSuffix(err.Error(), `want 1000: "x0", "x1"`+rest(features[2:40])+" and 960 more") {
		t.Error(err)
	}
}

func rest(names []string) string {
	text := ""
	for _, n := range names {
		text += fmt.Sprintf(", %q", n)
	}
	return text
}

// FuzzDecode holds decode against encoding/json: what it takes is JSON, and the
// numbers in it are those that json.Unmarshal finds. Nothing makes it panic, or
// take memory out of proportion.
func FuzzDecode(f *testing.F) {
	for _, c := range refusals {
		if len(c.body) < 1000 {
			f.Add([]byte(c.body))
		}
	}
	f.Add([]byte(`{"rows":[{"b":2,"a":-1.5e-7},[3,4]]}`))
	f.Add([]byte(`{"row":{"a":1e-400,"b":2}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var x []float64
		var err error
		n := memtest.Allocated(func() { x, err = decodeNumbers(body, ab, 3) })
		if n > min(memtest.Most, uint64(1<<20+100*len(body))) {
			t.Fatalf("%d bytes allocated for %d", n, len(body))
		}
		memtest.CheckProcess(t)
		if err != nil {
			fail, ok := err.(*failure)
			if !ok || fail.status < 400 || fail.status > 422 || x != nil {
				t.Fatalf("%v, %v", x, err)
			}
			if !json.Valid(body) && fail.status != http.StatusBadRequest {
				t.Fatalf("%d for what is no JSON", fail.status)
			}
			return
		}
		if want := unmarshalled(t, body); !sameBits(x, want) {
			t.Fatalf("%v, json.Unmarshal has %v", x, want)
		}
	})
}

// unmarshalled reads a good body by json.Unmarshal.
func unmarshalled(t *testing.T, body []byte) []float64 {
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil || len(fields) != 1 {
		t.Fatal(fields, err)
	}
	rows, ok := fields["rows"].([]any)
	if !ok {
		rows = []any{fields["row"]}
	}
	if len(rows) < 1 || len(rows) > 3 {
		t.Fatalf("%d rows", len(rows))
	}
	var x []float64
	for _, r := range rows {
		switch r := r.(type) {
		case []any:
			if len(r) != 2 {
				t.Fatal(r)
			}
			x = append(x, r[0].(float64), r[1].(float64))
		case map[string]any:
			x = append(x, r["a"].(float64), r["b"].(float64))
		default:
			t.Fatalf("row %v", r)
		}
	}
	return x
}

// decodeNumbers is decode for features that are numbers.
func decodeNumbers(body []byte, features []string, maxRows int) ([]float64, error) {
	d, err := decode(body, models.Card{Features: features}, maxRows)
	if err != nil {
		return nil, err
	}
	return d.X, nil
}
