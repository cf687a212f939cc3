package lexicon

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An image is the lexicon that it was made of, whatever its place in memory; one that
// is cut, changed, or of another version is none.
func TestImage(t *testing.T) {
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := Version(Shipped()); err != nil || v != set.Version {
		t.Errorf("the version is %s, %v; the set's is %s", v, err, set.Version)
	}
	want := set.Compile()
	image := want.Image()
	for _, shift := range []int{0, 3} {
		got, err := OfImage(append(make([]byte, shift, shift+len(image)), image...)[shift:], set.Version)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.Entries {
			e := want.Entries[i]
			e.Note, e.File, e.Line, e.items = "", "", 0, nil
			if diff := cmp.Diff(e, got.Entries[i], cmp.AllowUnexported(Entry{})); diff != "" {
				t.Fatalf("entry %d: %s", i, diff)
			}
		}
		if len(got.Entries) != len(want.Entries) || !slices.Equal(got.Image(), image) {
			t.Fatal("an image of an image is another")
		}
		for _, l := range []Lang{PL, EN} {
			if !reflect.DeepEqual(got.learned[l], want.learned[l]) {
				t.Errorf("of the learned words of %s not all is taken that was put there", l)
			}
		}
	}
	for _, at := range []int{0, len(imageMagic) + 16, len(image) / 2, len(image) - 8} {
		bad := slices.Clone(image)
		bad[at] ^= 1
		if _, err := OfImage(bad, set.Version); err == nil {
			t.Errorf("byte %d changed, and nobody minds", at)
		}
		if _, err := OfImage(image[:at], set.Version); err == nil {
			t.Errorf("cut at %d, and nobody minds", at)
		}
	}
	if _, err := OfImage(image, "another"); err == nil {
		t.Error("the image of one version passes for another")
	}
}

// What the parts of an image hold does not matter to whoever takes them.
func FuzzImage(f *testing.F) {
	var w imageWriter
	w.add([]byte(imageMagic))
	putText(&w, "v")
	put(&w, []imageEntry{{patternEnd: 9}})
	f.Add(w.end())
	f.Fuzz(func(t *testing.T, data []byte) {
		var w imageWriter
		w.add([]byte(imageMagic))
		w.add(data)
		OfImage(w.end(), "v") // nothing but an error
	})
}

func BenchmarkOfImage(b *testing.B) {
	set, err := Load(Shipped())
	if err != nil {
		b.Fatal(err)
	}
	image := set.Compile().Image()
	b.SetBytes(int64(len(image)))
	for b.Loop() {
		if _, err := OfImage(image, set.Version); err != nil {
			b.Fatal(err)
		}
	}
}
