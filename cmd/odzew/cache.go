package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"odzew/lexicon"
)

// The cache of compiled lexicons: reading and compiling one takes longer than most
// commands do. Rules:
//
//   - An image is named after the lexicon's content and the program that made it: one
//     that fits neither is not even read.
//   - It only saves time. What cannot be kept, or is damaged, is made anew; anybody may
//     delete the folder.
//   - It is written beside its place and then put there, so that nobody reads half of it.

// imagesKept is how many images stay: of a few programs or overlays in use.
const imagesKept = 4

// compiledLexicon returns the shipped lexicon with these on top.
func (p *program) compiledLexicon(overlays ...fs.FS) (*lexicon.Compiled, error) {
	version, err := lexicon.Version(lexicon.Shipped(), overlays...)
	if err != nil {
		return nil, err
	}
	file := p.imageFile(version)
	if file != "" {
		if image, err := os.ReadFile(file); err == nil {
			if c, err := lexicon.OfImage(image, version); err == nil {
				return c, nil
			}
		}
	}
	set, err := lexicon.Load(lexicon.Shipped(), overlays...)
	if err != nil {
		return nil, err
	}
	c := set.Compile()
	if file != "" && set.Version == version {
		if err := keepImage(file, c.Image()); err != nil {
			p.log.WithError(err).Debug("the compiled lexicon could not be kept")
		}
	}
	debug.FreeOSMemory() // compiling took more than what follows will
	return c, nil
}

// imageFile is where the image of a version is kept; empty where there is no place.
func (p *program) imageFile(version string) string {
	dir := p.getenv("XDG_CACHE_HOME")
	if dir == "" {
		home := p.getenv("HOME")
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".cache")
	}
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(program)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", program, info.Size(), info.ModTime().UnixNano()))
	return filepath.Join(dir, "odzew", "lexicon-"+version+"-"+hex.EncodeToString(sum[:4])+".image")
}

// keepImage writes an image and deletes the oldest ones.
func keepImage(file string, image []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := writeFile(file, image, 0o600); err != nil {
		return err
	}
	return pruneImages(dir)
}

func pruneImages(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var images []fs.FileInfo
	for _, e := range entries {
		if !strings.Contains(e.Name(), "lexicon-") { // also what a killed one left
			continue
		}
		if info, err := e.Info(); err == nil { // else another took it away
			images = append(images, info)
		}
	}
	slices.SortFunc(images, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, info := range images[min(imagesKept, len(images)):] {
		os.Remove(filepath.Join(dir, info.Name()))
	}
	return nil
}
