package wxxml

import (
	"iter"
	"strconv"
	"strings"
)

// Element is one element of a document: its text when it has no children. Its descendants follow it in Elements.
type Element struct {
	Name, Text  string
	descendants int
}

// Elements are siblings and their descendants, in the order of the document.
type Elements []Element

// Find is the index of the first sibling called name, -1 when there is none.
func (es Elements) Find(name string) int {
	for i := 0; i < len(es); i += 1 + es[i].descendants {
		if es[i].Name == name {
			return i
		}
	}
	return -1
}

// Text is the text of the first sibling called name, exactly as sent; empty when there is none.
func (es Elements) Text(name string) string {
	if i := es.Find(name); i >= 0 {
		return es[i].Text
	}
	return ""
}

// Word is Text without the white space around it: for ids, names and numbers, which pretty-printing must not change.
func (es Elements) Word(name string) string { return strings.TrimSpace(es.Text(name)) }

// Number is the decimal number of the first sibling called name; 0 when there is none or it isn't one.
func (es Elements) Number(name string) int64 { return Integer(es.Text(name)) }

// Integer is the decimal number that s says, white space around it aside; 0 when it isn't one.
func Integer(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// In are the children of the first sibling called name.
func (es Elements) In(name string) Elements {
	if i := es.Find(name); i >= 0 {
		return es.children(i)
	}
	return nil
}

func (es Elements) children(i int) Elements { return es[i+1 : i+1+es[i].descendants] }

// Subtree is the element at index i, as Find gives it, with its descendants behind it.
func (es Elements) Subtree(i int) Elements { return es[i : i+1+es[i].descendants] }

// All gives every sibling called name, with its children.
func (es Elements) All(name string) iter.Seq2[Element, Elements] {
	return func(yield func(Element, Elements) bool) {
		for i := 0; i < len(es); i += 1 + es[i].descendants {
			if es[i].Name == name && !yield(es[i], es.children(i)) {
				return
			}
		}
	}
}
