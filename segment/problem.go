package segment

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Problem is what is wrong with an expression: what, where, and what to do, in English for the command line and in Chinese for pages.
type Problem struct {
	Pos    int // in characters of the expression, from 0
	Length int // of what is wrong, in characters; at least 1

	What, Remedy     string
	WhatZH, RemedyZH string
}

// Error is the problem in one English sentence.
func (p *Problem) Error() string {
	return fmt.Sprintf("segment, character %d: %s; %s", p.Pos+1, p.What, p.Remedy)
}

// Chinese is the problem in one Chinese sentence.
func (p *Problem) Chinese() string {
	return fmt.Sprintf("人群表达式第 %d 个字符：%s；%s", p.Pos+1, p.WhatZH, p.RemedyZH)
}

// Mark underlines what is wrong below the expression, for a terminal. Characters that take two places there are given two.
func (p *Problem) Mark(expression string) string {
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, expression)
	before, wrong := 0, 0
	for i, r := range []rune(line) {
		switch {
		case i < p.Pos:
			before += places(r)
		case i < p.Pos+p.Length:
			wrong += places(r)
		}
	}
	return line + "\n" + strings.Repeat(" ", before) + strings.Repeat("^", max(1, wrong))
}

func places(r rune) int {
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// quote shows a piece of an expression in a sentence; what is long is cut.
func quote(s string) string {
	const shown = 40
	if utf8.RuneCountInString(s) > shown {
		s = string([]rune(s)[:shown]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
