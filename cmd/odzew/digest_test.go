package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odzew/reporter"
)

// analysedDesk is a desk with other conversations than those of shopFile.
func analysedDesk(t *testing.T, shop, extra string) (config string) {
	t.Helper()
	config = writeDesk(t, extra)
	if err := os.WriteFile(filepath.Join(filepath.Dir(config), "shop.jsonl"), []byte(shop), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "", "--config", config, "sync")
	must(t, "", "--config", config, "analyze")
	return config
}

// digestOf makes the digest of shopFile's day from other conversations.
func digestOf(t *testing.T, shop, extra string) reporter.Digest {
	t.Helper()
	config := analysedDesk(t, shop, extra)
	var d reporter.Digest
	if err := json.Unmarshal([]byte(must(t, "", "--config", config, "digest", "--format", "json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDigestCountsAll: what is not shown is counted, however many there are.
func TestDigestCountsAll(t *testing.T) {
	const n = 1001 // more than are read at a time
	var shop strings.Builder
	for i := range n {
		shop.WriteString(strings.NewReplacer(`"C-1"`, fmt.Sprintf(`"C-%d"`, i), `"id":"k"`, fmt.Sprintf(`"id":"k-%d"`, i)).Replace(shopFile))
	}
	d := digestOf(t, shop.String(), "")
	if d.NeedsCall != n || d.High.Count != n || d.MoreFlagged != n-len(d.Customers) {
		t.Errorf("%d to call, %d high, %d more; want %d", d.NeedsCall, d.High.Count, d.MoreFlagged, n)
	}
	for _, c := range d.Customers {
		if len(c.Reasons) == 0 || c.Quote == "" {
			t.Errorf("%s is shown without its reasons", c.Conversation)
		}
	}
}

// TestDigestTellsCustomers: a customer takes one place, whatever the conversations, and
// those of whom nothing is known stand apart.
func TestDigestTellsCustomers(t *testing.T) {
	var shop strings.Builder
	for i, customer := range []string{`"id":"k"`, `"id":"l"`, `"id":"k"`, ``, ``} {
		shop.WriteString(strings.NewReplacer(`"C-1"`, fmt.Sprintf(`"C-%d"`, i), `"id":"k"`, customer).Replace(shopFile))
	}
	d := digestOf(t, shop.String(), "")
	if d.NeedsCall != 4 || d.High.Count != 5 || len(d.Customers) != 4 || d.MoreFlagged != 0 {
		t.Fatalf("%d to call, %d high, %d listed, %d more", d.NeedsCall, d.High.Count, len(d.Customers), d.MoreFlagged)
	}
	more := map[string]int{}
	for _, c := range d.Customers {
		more[c.Conversation] = c.More
	}
	if want := map[string]int{"C-0": 1, "C-1": 0, "C-3": 0, "C-4": 0}; !maps.Equal(more, want) {
		t.Errorf("%v, want %v", more, want)
	}
}
