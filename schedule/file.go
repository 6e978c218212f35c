package schedule

import (
	"time"

	"guanjia/bot"
	"guanjia/content"
)

// file is one content file of this kind.
type file struct {
	Holidays  []string `yaml:"holidays"`
	Schedules []entry  `yaml:"schedules"`
}

// entry is one thing that is said by itself, as it is written.
type entry struct {
	ID       string            `yaml:"id"`
	Name     string            `yaml:"name"`
	Disabled bool              `yaml:"disabled"`
	Accounts []bot.AccountName `yaml:"accounts"`
	Segment  string            `yaml:"segment"`
	Active   content.Active    `yaml:"active"`
	Grace    content.Span      `yaml:"grace"`
	Holidays bool              `yaml:"on_holidays"`

	At   []string `yaml:"at"`
	Cron []string `yaml:"cron"`

	Moment content.Moment `yaml:"moment"`
	Steps  []step         `yaml:"steps"`

	On       Cause        `yaml:"on"`
	Campaign string       `yaml:"campaign"`
	Within   content.Span `yaml:"within"`
	After    content.Span `yaml:"after"`

	words `yaml:",inline"`
}

// step is a part of a sequence. What it does not say is the entry's.
type step struct {
	At    string       `yaml:"at"`
	Grace content.Span `yaml:"grace"`
	words `yaml:",inline"`
}

// words are what is said, and how.
type words struct {
	Topic     string          `yaml:"topic"`
	Priority  string          `yaml:"priority"`
	Ways      []string        `yaml:"ways"`
	Expires   content.Span    `yaml:"expires"`
	Say       []bot.Message   `yaml:"say"`
	Turns     [][]bot.Message `yaml:"turns"`
	Template  *template       `yaml:"template"`
	Subscribe *template       `yaml:"subscribe"`
}

// template is a message whose words are the platform's.
type template struct {
	ID   string            `yaml:"id"`
	URL  string            `yaml:"url"`
	App  string            `yaml:"app_id"`
	Page string            `yaml:"page"`
	Data map[string]string `yaml:"data"`
}

const (
	// defaultGrace is how late something may still be said after its time.
	defaultGrace = 30 * time.Minute
	// maxSteps, maxTurns and maxTimes bound one entry; ours.
	maxSteps = 30
	maxTurns = 366
	maxTimes = 24
	// maxHolidays bounds the days of a file.
	maxHolidays = 400
)
