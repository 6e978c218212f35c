-- Asks to work on an event; bot.HotState.Begin says what comes of it.
-- KEYS: person, event. ARGV: event key, owner, lease ms, arrival (1 or 0), ms to keep tries, ms to keep an unfinished lease,
-- unheard (1 or 0).
-- Returns {state, try} and, for BeginDone, the reply; for BeginRun the session, inbound, unfinished, then key and reply of each late one.
--
-- person: s session, su its end, k lease key, o lease owner ('' free), u lease end, f unfinished (a line each), m minute, n inbound,
--         l late replies, packed {key, reply, end, ...}
-- event:  t tries, b done by, r reply
local RUN, DONE, RUNNING, WAIT = 0, 1, 2, 3
local key, owner, arrival = ARGV[1], ARGV[2], ARGV[4] == '1'

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function int(n) return string.format('%.0f', n) end -- as plain digits, whatever its size

local p = redis.call('HMGET', KEYS[1], 's', 'su', 'k', 'o', 'u', 'f', 'm', 'n', 'l')
local session, session_until, lease_key, lease_owner = p[1] or '', tonumber(p[2] or 0), p[3], p[4] or ''
local lease_until, unfinished, minute, inbound = tonumber(p[5] or 0), p[6] or '', tonumber(p[7] or 0), tonumber(p[8] or 0)
local late = {}
if p[9] and p[9] ~= '' then late = cmsgpack.unpack(p[9]) end

local e = redis.call('HMGET', KEYS[2], 't', 'b', 'r')
local tries = tonumber(e[1] or 0)
local again = lease_owner == owner and lease_key == key -- the same ask, sent twice
local first = arrival and tries == 0
if arrival and not again then
  tries = tries + 1
  redis.call('HSET', KEYS[2], 't', tries)
  if not e[1] and not e[2] then redis.call('PEXPIRE', KEYS[2], ARGV[5]) end
end
local try = math.max(1, tries)

if e[2] then
  for i = 1, #late, 3 do
    if late[i] == key and ARGV[7] == '0' then -- it reaches the person now
      for _ = 1, 3 do table.remove(late, i) end
      redis.call('HSET', KEYS[1], 'l', #late > 0 and cmsgpack.pack(late) or '')
      break
    end
  end
  return {DONE, try, e[3]}
end

local this_minute = math.floor(now / 60000)
if minute ~= this_minute then minute, inbound = this_minute, 0 end
if first then inbound = inbound + 1 end

local free = lease_owner == '' or again
if not free and lease_until <= now then
  free = true
  local lines, n = lease_key, 1 -- the newest first, each once, eight at most
  for line in string.gmatch(unfinished, '[^\n]+') do
    if line ~= lease_key and n < 8 then lines, n = lines .. '\n' .. line, n + 1 end
  end
  unfinished = lines
end
local keep = math.max(session_until, (minute + 1) * 60000)
for i = 3, #late, 3 do keep = math.max(keep, late[i]) end
if not free then
  if first then redis.call('HSET', KEYS[1], 'm', int(minute), 'n', inbound) end
  return {lease_key == key and RUNNING or WAIT, try}
end

lease_until = now + ARGV[3]
redis.call('HSET', KEYS[1], 'k', key, 'o', owner, 'u', int(lease_until), 'f', unfinished, 'm', int(minute), 'n', inbound)
redis.call('PEXPIREAT', KEYS[1], int(math.max(keep, lease_until + ARGV[6])))

if session_until <= now then session = '' end
local result = {RUN, try, session, math.max(1, inbound), unfinished}
for i = 1, #late, 3 do
  if late[i + 2] > now then
    result[#result + 1] = late[i]
    result[#result + 1] = late[i + 1]
  end
end
return result
