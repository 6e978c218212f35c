-- Saves the outcome of an event and frees the lease. Returns 1, or 0 when the lease is no longer the owner's.
-- KEYS: person, event, and the recovered event if there is one. ARGV: event key, owner, session ('' none), its ms, reply, its
-- ms, undelivered (1 or 0), ms to keep it as late, the recovered event's reply, then the keys of the late replies that went
-- along. The fields are explained in begin.lua.
local key, owner = ARGV[1], ARGV[2]
local p = redis.call('HMGET', KEYS[1], 'k', 'o', 'm', 'l')
if p[1] ~= key or p[2] ~= owner then
  return redis.call('HGET', KEYS[2], 'b') == owner and 1 or 0 -- 1: the same Finish, sent twice
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function int(n) return string.format('%.0f', n) end -- as plain digits, whatever its size

local session_until = 0
if ARGV[3] ~= '' then session_until = now + ARGV[4] end
local keep = math.max(session_until, (tonumber(p[3] or 0) + 1) * 60000)
local keep_event = now + ARGV[6]

local late, packed = {}, ''
if p[4] and p[4] ~= '' then
  local taken = {}
  for i = 10, #ARGV do taken[ARGV[i]] = true end
  local before = cmsgpack.unpack(p[4])
  for i = 1, #before, 3 do
    if before[i + 2] > now and not taken[before[i]] then
      for j = 0, 2 do late[#late + 1] = before[i + j] end
    end
  end
end
if ARGV[7] == '1' then
  local until_ = now + ARGV[8]
  late[#late + 1] = key
  late[#late + 1] = ARGV[5]
  late[#late + 1] = until_
  keep_event = math.max(keep_event, until_)
end
if #late > 0 then
  for i = 3, #late, 3 do keep = math.max(keep, late[i]) end
  packed = cmsgpack.pack(late)
end

redis.call('HSET', KEYS[1], 's', ARGV[3], 'su', int(session_until), 'k', '', 'o', '', 'u', 0, 'f', '', 'l', packed)
redis.call('PEXPIREAT', KEYS[1], int(keep))
redis.call('HSET', KEYS[2], 'b', owner, 'r', ARGV[5])
redis.call('PEXPIREAT', KEYS[2], int(keep_event))
if KEYS[3] then
  redis.call('HSET', KEYS[3], 'b', owner, 'r', ARGV[9])
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
return 1
