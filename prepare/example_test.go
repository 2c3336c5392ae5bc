package prepare_test

import (
	"fmt"
	"strings"

	"adjoint/data"
	"adjoint/prepare"
)

// A table with a gap and with text. What was learned of training rows prepares others, in which there is a port that
// training has not seen.
func Example() {
	read := func(table string) *data.Dataset {
		d, err := data.ReadCSV(strings.NewReader(table), data.CSV{NoLabel: true, Missing: data.KeepMissing, Header: data.HasHeader})
		if err != nil {
			panic(err)
		}
		return d
	}
	columns := prepare.Columns{Numbers: []prepare.Step{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.Standardize{}}}
	p, err := columns.Fit(read("age,port\n20,Cherbourg\n40,Southampton\n,Southampton\n30,Cherbourg\n"))
	if err != nil {
		panic(err)
	}
	fmt.Print(p)
	rows, err := p.Transform(read("age,port\n20,Southampton\n,Queenstown\n"))
	if err != nil {
		panic(err)
	}
	dense, err := rows.Dense()
	if err != nil {
		panic(err)
	}
	fmt.Printf("%q\n", dense.Features)
	for i := range dense.Rows() {
		fmt.Printf("%.3f\n", dense.Row(i))
	}
	// Output:
	// age   number  gaps 30, (x − 30)/7.071; missing
	// port  text    one-hot of 2: Cherbourg, Southampton
	// ["age" "age missing" "port=Cherbourg" "port=Southampton"]
	// [-1.414 0.000 0.000 1.000]
	// [0.000 1.000 0.000 0.000]
}
