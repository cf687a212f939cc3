package main

import (
	"errors"
	"fmt"
)

// An automaton is a dictionary in the format CFSA2 of Morfologik: an acyclic
// finite-state automaton in bytes, in which every path to a final arc is one
// sequence. An arc is a byte of flags and label index (the label itself follows
// where the index is 0), and the address of its target unless the flag says that
// the target follows its node.
type automaton struct {
	labels []byte
	arcs   []byte
}

const (
	flagNext  = 1 << 7 // the target stands right behind this node
	flagLast  = 1 << 6 // the last arc of its node
	flagFinal = 1 << 5 // a sequence ends here
	labelMask = 1<<5 - 1

	maxDepth = 4096
)

var errDamaged = errors.New("the dictionary is damaged")

func parseAutomaton(b []byte) (*automaton, error) {
	if len(b) < 8 || string(b[:4]) != "\\fsa" || b[4] != 0xC6 {
		return nil, errors.New("not a dictionary in the format CFSA2")
	}
	if b[5]&1 != 0 { // the bit for numbered nodes, in the high byte of the flags
		return nil, errors.New("a dictionary with numbered nodes is not supported")
	}
	n := int(b[7])
	if len(b) < 8+n {
		return nil, errDamaged
	}
	return &automaton{labels: b[8 : 8+n], arcs: b[8+n:]}, nil
}

// each calls yield with every sequence; it must not keep the slice.
func (a *automaton) each(yield func([]byte)) (err error) {
	defer func() {
		// Addresses are not checked one by one: a bad one is out of range.
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errDamaged, r)
		}
	}()
	return a.walk(a.target(0), nil, yield)
}

func (a *automaton) walk(node int, prefix []byte, yield func([]byte)) error {
	if len(prefix) > maxDepth {
		return errDamaged
	}
	for arc := node; ; arc = a.skip(arc) {
		seq := append(prefix, a.label(arc))
		if a.arcs[arc]&flagFinal != 0 {
			yield(seq)
		}
		if t := a.target(arc); t != 0 {
			if err := a.walk(t, seq, yield); err != nil {
				return err
			}
		}
		if a.arcs[arc]&flagLast != 0 {
			return nil
		}
	}
}

func (a *automaton) label(arc int) byte {
	if i := a.arcs[arc] & labelMask; i > 0 {
		return a.labels[i]
	}
	return a.arcs[arc+1]
}

// target returns the node that an arc leads to; 0 is the end.
func (a *automaton) target(arc int) int {
	if a.arcs[arc]&flagNext != 0 {
		for a.arcs[arc]&flagLast == 0 {
			arc = a.skip(arc)
		}
		return a.skip(arc)
	}
	at := arc + 1
	if a.arcs[arc]&labelMask == 0 {
		at++
	}
	v, shift := 0, 0
	for ; a.arcs[at]&0x80 != 0; at++ {
		v |= int(a.arcs[at]&0x7F) << shift
		shift += 7
	}
	return v | int(a.arcs[at])<<shift
}

// skip returns the arc behind this one.
func (a *automaton) skip(arc int) int {
	flags := a.arcs[arc]
	arc++
	if flags&labelMask == 0 {
		arc++
	}
	if flags&flagNext == 0 {
		for a.arcs[arc]&0x80 != 0 {
			arc++
		}
		arc++
	}
	return arc
}
