package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints a script that completes commands, subcommands and flags; all comes
// from the same structs that parse the command line. Files are completed by the
// shell itself.
func (c *completionCmd) Run(p *program, k *kong.Kong) error {
	words := completions(k.Model.Node)
	switch c.Shell {
	case "fish":
		return fishCompletion(p.stdout, words)
	case "zsh":
		fmt.Fprintln(p.stdout, "#compdef odzew\nautoload -U +X bashcompinit && bashcompinit")
	}
	return bashCompletion(p.stdout, words)
}

// A completion is what may follow a path of commands.
type completion struct {
	path         string
	words, flags []string
}

func completions(n *kong.Node) []completion {
	var out []completion
	var walk func(n *kong.Node, path string, flags []string)
	walk = func(n *kong.Node, path string, flags []string) {
		for _, f := range n.Flags {
			if !f.Hidden {
				flags = append(slices.Clip(flags), "--"+f.Name)
			}
		}
		c := completion{path: path, flags: flags}
		for _, ch := range n.Children {
			if ch.Type == kong.CommandNode && !ch.Hidden {
				c.words = append(c.words, ch.Name)
				walk(ch, strings.TrimSpace(path+" "+ch.Name), flags)
			}
		}
		out = append(out, c)
	}
	walk(n, "", nil)
	return out
}

func bashCompletion(w io.Writer, cs []completion) error {
	var sb strings.Builder
	sb.WriteString("_odzew() {\n  local cur=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" w\n  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$w\" in -*) ;; *) path=\"${path:+$path }$w\" ;; esac\n  done\n  local words=\"\" flags=\"\"\n  case \"$path\" in\n")
	for _, c := range cs {
		pattern := `"` + c.path + `"`
		if c.path != "" {
			pattern += `|"` + c.path + ` "*`
		}
		fmt.Fprintf(&sb, "    %s) words=%q flags=%q ;;\n", pattern, strings.Join(c.words, " "), strings.Join(c.flags, " "))
	}
	sb.WriteString("  esac\n  case \"$cur\" in\n    -*) COMPREPLY=( $(compgen -W \"$flags\" -- \"$cur\") ) ;;\n    *) COMPREPLY=( $(compgen -W \"$words\" -- \"$cur\") ); [ -n \"$words\" ] || COMPREPLY=( $(compgen -f -- \"$cur\") ) ;;\n  esac\n}\ncomplete -o filenames -F _odzew odzew\n")
	_, err := io.WriteString(w, sb.String())
	return err
}

func fishCompletion(w io.Writer, cs []completion) error {
	var sb strings.Builder
	for _, c := range cs {
		cond := "__fish_use_subcommand"
		if c.path != "" {
			names := strings.Fields(c.path)
			cond = "__fish_seen_subcommand_from " + names[len(names)-1]
		}
		for _, word := range c.words {
			fmt.Fprintf(&sb, "complete -c odzew -n %q -f -a %s\n", cond, word)
		}
		for _, f := range c.flags {
			fmt.Fprintf(&sb, "complete -c odzew -n %q -l %s\n", cond, strings.TrimPrefix(f, "--"))
		}
	}
	_, err := io.WriteString(w, sb.String())
	return err
}
