package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"
)

// stateVersion is the format of the state file.
const stateVersion = 1

// state is what the platform remembers; with a state file also over a restart. It is guarded by Simulator.mu.
type state struct {
	Version      int              `json:"version"`
	Seed         uint64           `json:"seed"`
	ClockOffset  time.Duration    `json:"clock_offset_ns"`
	LastUser     int64            `json:"last_user"`
	LastEntry    int64            `json:"last_entry"`
	LastExchange int64            `json:"last_exchange"`
	LastMsgID    int64            `json:"last_msg_id"`
	Users        []*User          `json:"users"`
	Chats        map[string]*chat `json:"chats"` // by account/user
	Media        []*Media         `json:"media"` // the bytes lie in files of their own

	Parts map[string]json.RawMessage `json:"parts,omitempty"` // what each part of the platform remembers
}

func newState(seed uint64) state {
	if seed == 0 {
		seed = newSeed()
	}
	return state{Version: stateVersion, Seed: seed, Chats: map[string]*chat{}}
}

// stateFile writes the state to disk, one writer at a time.
type stateFile struct {
	path string

	mu      sync.Mutex
	pending int64 // counts the calls of save
	written int64 // the last call whose changes are on disk
	media   map[string]bool
}

// saved writes the state when there is a file for it. A disk that fails must not stop the conversation: it is logged.
func (s *Simulator) saved() {
	if err := s.save(); err != nil {
		s.log.Error("simulator state not saved", zap.Error(err))
	}
}

// save returns when everything up to its call is on disk. Calls that come while another writes share the next write.
func (s *Simulator) save() error {
	f := s.file
	if f == nil {
		return nil
	}
	s.mu.Lock()
	f.pending++
	mine := f.pending
	s.mu.Unlock()

	f.mu.Lock()
	defer f.mu.Unlock()
	if f.written >= mine {
		return nil
	}
	s.mu.Lock()
	covers := f.pending
	s.mu.Unlock()
	parts, err := s.remember() // without the lock: a part may need it
	if err != nil {
		return fmt.Errorf("encode the simulator's state: %w", err)
	}
	s.mu.Lock()
	s.state.Parts = parts
	s.state.ClockOffset = s.clock.Offset()
	data, err := json.Marshal(&s.state)
	media := append([]*Media(nil), s.state.Media...)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encode the simulator's state: %w", err)
	}
	if err := f.write(data, media); err != nil {
		return fmt.Errorf("save the simulator's state: %w", err)
	}
	f.written = covers
	return nil
}

// write puts the pictures first, so that the state never names one that is not there.
func (f *stateFile) write(data []byte, media []*Media) error {
	if err := os.MkdirAll(f.folder(), 0o700); err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, m := range media {
		keep[m.ID] = true
		if !f.media[m.ID] {
			if err := writeFile(filepath.Join(f.folder(), m.ID), m.data); err != nil {
				return err
			}
		}
	}
	if err := writeFile(f.path, data); err != nil {
		return err
	}
	for id := range f.media {
		if !keep[id] {
			_ = os.Remove(filepath.Join(f.folder(), id)) // only space is lost
		}
	}
	f.media = keep
	return nil
}

func (f *stateFile) folder() string { return f.path + ".media" }

// writeFile replaces a file in one step: a crash leaves the old one or the new one.
func writeFile(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}

// restore reads the state file. None is a fresh start; one that can't be read is an error, so that nothing is overwritten.
func (s *Simulator) restore() error {
	data, err := os.ReadFile(s.file.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the simulator's state: %w", err)
	}
	var old state
	if err := json.Unmarshal(data, &old); err != nil {
		return fmt.Errorf("read the simulator's state in %s: %w; delete the file to start afresh", s.file.path, err)
	}
	if old.Version != stateVersion {
		return fmt.Errorf("the simulator's state in %s has version %d, this program reads %d; delete the file to start afresh",
			s.file.path, old.Version, stateVersion)
	}
	if old.Chats == nil {
		old.Chats = map[string]*chat{}
	}
	s.file.media = map[string]bool{}
	kept := old.Media[:0]
	for _, m := range old.Media {
		if m.data, err = os.ReadFile(filepath.Join(s.file.folder(), filepath.Base(m.ID))); err != nil {
			s.log.Warn("picture lost", zap.String("media", m.ID), zap.Error(err))
			continue
		}
		s.file.media[m.ID] = true
		kept = append(kept, m)
	}
	old.Media = kept
	for _, c := range old.Chats {
		for _, e := range c.Entries {
			if e.State == StateSending {
				e.State = StateInterrupted
				e.Why = problem("interrupted", "模拟器在等待回复时重启了，请再发一次")
			}
		}
	}
	s.state = old
	s.clock.restore(old.ClockOffset)
	return s.recall(old.Parts)
}
