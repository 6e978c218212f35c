package official

import (
	"iter"
	"strconv"
	"strings"
)

// element is one element of a document: its text when it has no children. Its descendants follow it in elements.
type element struct {
	name, text  string
	descendants int
}

// elements are siblings and their descendants, in the order of the document.
type elements []element

// find is the index of the first sibling called name, -1 when there is none.
func (es elements) find(name string) int {
	for i := 0; i < len(es); i += 1 + es[i].descendants {
		if es[i].name == name {
			return i
		}
	}
	return -1
}

// text is the text of the first sibling called name, exactly as sent; empty when there is none.
func (es elements) text(name string) string {
	if i := es.find(name); i >= 0 {
		return es[i].text
	}
	return ""
}

// word is text without the white space around it: for ids, names and numbers, which pretty-printing must not change.
func (es elements) word(name string) string { return strings.TrimSpace(es.text(name)) }

// number is the decimal number of the first sibling called name; 0 when there is none or it isn't one.
func (es elements) number(name string) int64 { return integer(es.text(name)) }

func integer(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// in are the children of the first sibling called name.
func (es elements) in(name string) elements {
	if i := es.find(name); i >= 0 {
		return es.children(i)
	}
	return nil
}

func (es elements) children(i int) elements { return es[i+1 : i+1+es[i].descendants] }

// all gives every sibling called name, with its children.
func (es elements) all(name string) iter.Seq2[element, elements] {
	return func(yield func(element, elements) bool) {
		for i := 0; i < len(es); i += 1 + es[i].descendants {
			if es[i].name == name && !yield(es[i], es.children(i)) {
				return
			}
		}
	}
}
