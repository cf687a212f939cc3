package lexicon

import (
	"errors"
	"hash/crc32"
	"slices"
	"unsafe"
)

// Images. A compiled lexicon is flat: numbers that refer to each other, and one piece of
// text. An image is its memory as it is, so that a program that starts often need not
// read and compile the files each time.
//
// Rules:
//
//   - An image is for the program that made it: the layout of the types in it is part of
//     the program. Whoever keeps images names them after the program and the Version.
//   - What is not whole is refused. Numbers of a whole one are still used as indexes,
//     which Go checks: no image can reach outside of itself.
//   - Of its Entries only what scoring needs is there: no Note, File and Line.

const imageMagic = "odzew image 012\n" // as long as a multiple of sectionAlign

// An imageEntry is an Entry but for its texts. Its pattern ends at patternEnd, and
// begins where the one before ends.
type imageEntry struct {
	polarity, opinion float64
	tags              Tags
	patternEnd        uint32
	kind              Kind
	pos               POS
	lang              Lang
	site              bool
}

// Image returns the memory of the lexicon.
func (c *Compiled) Image() []byte {
	var w imageWriter
	w.add([]byte(imageMagic))
	putText(&w, c.Version)
	entries, text := make([]imageEntry, len(c.Entries)), []byte(nil)
	for i := range c.Entries {
		e := &c.Entries[i]
		text = append(text, e.Pattern...)
		entries[i] = imageEntry{e.Polarity, e.Opinion, e.Tags, uint32(len(text)), e.Kind, e.POS, e.Lang, e.Site}
	}
	put(&w, entries)
	put(&w, text)
	c.index.put(&w)
	put(&w, c.forms)
	put(&w, c.syms)
	put(&w, c.marks)
	put(&w, c.gates)
	put(&w, c.wholes)
	put(&w, c.singles)
	put(&w, c.patterns)
	put(&w, c.steps)
	put(&w, c.guards)
	put(&w, c.bitmaps)
	put(&w, c.busyMarks)
	for k := range c.byClass {
		put(&w, c.byClass[k])
	}
	for _, t := range c.learned {
		t.index.put(&w)
		put(&w, t.rows)
		put(&w, t.told)
		put(&w, t.entries)
		put(&w, t.ends)
		putText(&w, t.text)
		t.lemmas.put(&w)
		put(&w, []tableKinds{t.tableKinds})
		put(&w, []uint16{t.most})
	}
	return w.end()
}

// OfImage returns the lexicon of an image, which it keeps and nobody may change. It
// fails where the image is not whole, or of another version.
func OfImage(image []byte, version string) (*Compiled, error) {
	r := imageReader{data: image}
	if !r.begin() || takeText(&r) != version {
		return nil, errors.New("this is no image of this lexicon")
	}
	c := &Compiled{Version: version}
	entries, text := take[imageEntry](&r), takeText(&r)
	c.Entries = make([]Entry, len(entries))
	start := uint32(0)
	for i := range entries {
		e := &entries[i]
		if e.patternEnd < start || int(e.patternEnd) > len(text) || e.kind >= numKinds || e.lang >= numLangs {
			return nil, errors.New("an image of a lexicon with a wrong entry")
		}
		c.Entries[i] = Entry{Pattern: text[start:e.patternEnd], Kind: e.kind, Polarity: e.polarity, Opinion: e.opinion, Tags: e.tags, POS: e.pos, Lang: e.lang, Site: e.site}
		start = e.patternEnd
	}
	c.index.take(&r)
	c.forms = take[form](&r)
	c.syms = take[uint32](&r)
	c.marks = take[uint16](&r)
	c.gates = take[gate](&r)
	c.wholes = take[whole](&r)
	c.singles = take[single](&r)
	c.patterns = take[pattern](&r)
	c.steps = take[step](&r)
	c.guards = take[step](&r)
	c.bitmaps = take[uint64](&r)
	c.busyMarks = take[[numMarks / 64]uint64](&r)
	for k := range c.byClass {
		c.byClass[k] = take[gate](&r)
	}
	for l := range c.learned {
		t := &Table{lang: Lang(l)}
		t.index.take(&r)
		t.rows = take[TableRow](&r)
		t.told = take[Told](&r)
		t.entries = take[entriesOf](&r)
		t.ends = take[uint32](&r)
		t.text = takeText(&r)
		t.lemmas.take(&r)
		for _, kinds := range take[tableKinds](&r) {
			t.tableKinds = kinds
		}
		for _, most := range take[uint16](&r) {
			t.most = most
		}
		c.learned[l] = t
	}
	if r.failed || len(r.data) > 0 {
		return nil, errors.New("an image of a lexicon that is cut off")
	}
	return c, nil
}

func (x *index) put(w *imageWriter) {
	put(w, x.slots)
	put(w, x.filter)
}

func (x *index) take(r *imageReader) {
	x.slots, x.filter = take[uint64](r), take[uint64](r)
}

// sectionAlign is what the parts of an image are aligned to, as the memory of Go is.
const sectionAlign = 8

var imageTable = crc32.MakeTable(crc32.Castagnoli)

// An imageWriter collects parts: their number of items, the size of one, the items. They
// stay where they are until the end, when it is known how long the image is.
type imageWriter struct {
	parts [][]byte
	size  int
}

// put writes a part. T has no pointers.
func put[T any](w *imageWriter, items []T) {
	var item T
	head := [2]uint64{uint64(len(items)), uint64(unsafe.Sizeof(item))}
	w.add(unsafe.Slice((*byte)(unsafe.Pointer(&head)), unsafe.Sizeof(head)))
	w.add(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(items))), uintptr(len(items))*unsafe.Sizeof(item)))
}

func putText(w *imageWriter, s string) { put(w, []byte(s)) }

func (w *imageWriter) add(part []byte) {
	pad := -len(part) & (sectionAlign - 1)
	w.parts = append(w.parts, part, make([]byte, pad))
	w.size += len(part) + pad
}

// end returns the image, with its checksum.
func (w *imageWriter) end() []byte {
	data := make([]byte, 0, w.size+sectionAlign)
	for _, part := range w.parts {
		data = append(data, part...)
	}
	sum := uint64(crc32.Checksum(data, imageTable))
	return append(data, unsafe.Slice((*byte)(unsafe.Pointer(&sum)), sectionAlign)...)
}

// An imageReader takes parts from the beginning of data.
type imageReader struct {
	data   []byte
	failed bool
}

// begin checks the beginning and the end.
func (r *imageReader) begin() bool {
	n := len(r.data) - sectionAlign
	if n < len(imageMagic) || n%sectionAlign != 0 || string(r.data[:len(imageMagic)]) != imageMagic {
		return false
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(r.data)))%sectionAlign != 0 {
		r.data = slices.Clone(r.data) // memory of that size is aligned
	}
	sum := *(*uint64)(unsafe.Pointer(&r.data[n]))
	if sum != uint64(crc32.Checksum(r.data[:n], imageTable)) {
		return false
	}
	r.data = r.data[len(imageMagic):n]
	return true
}

// take reads a part that put wrote; nothing once reading has failed.
func take[T any](r *imageReader) []T {
	var item T
	var head [2]uint64
	const headSize = int(unsafe.Sizeof(head))
	if r.failed || len(r.data) < headSize {
		r.failed = true
		return nil
	}
	head = *(*[2]uint64)(unsafe.Pointer(unsafe.SliceData(r.data)))
	size := uint64(unsafe.Sizeof(item))
	rest := r.data[headSize:]
	if head[1] != size || head[0] > uint64(len(rest))/size {
		r.failed = true
		return nil
	}
	items := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(rest))), int(head[0]))
	used := (head[0]*size + sectionAlign - 1) / sectionAlign * sectionAlign
	if used > uint64(len(rest)) {
		r.failed = true
		return nil
	}
	r.data = rest[used:]
	return items[:len(items):len(items)]
}

func takeText(r *imageReader) string {
	b := take[byte](r)
	return unsafe.String(unsafe.SliceData(b), len(b))
}
