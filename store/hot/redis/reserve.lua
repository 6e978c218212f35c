-- Takes a place under a person's caps. Returns {1} taken, {2} nothing is known of the person, {0, ms when there is a place}.
-- KEYS: the person's places, a sorted set of ids by ms; '' at 0 says that the person is known. ARGV: id, now ms, per day, per week,
-- gap ms, ms to keep the key, known (1 or 0), then ids and times of the known places.
local id, now, gap = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[5])
local day = 24 * 60 * 60 * 1000
local week = 7 * day
local function int(n) return string.format('%.0f', n) end

if redis.call('EXISTS', KEYS[1]) == 0 then
  if ARGV[7] == '0' then return {2} end
  redis.call('ZADD', KEYS[1], 0, '')
  for i = 8, #ARGV, 2 do redis.call('ZADD', KEYS[1], 'NX', ARGV[i + 1], ARGV[i]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(0', int(now - math.max(week, gap)))
redis.call('ZREM', KEYS[1], id)

local all = redis.call('ZRANGEBYSCORE', KEYS[1], '(0', '+inf', 'WITHSCORES')
local at, n = {}, 0
for i = 2, #all, 2 do
  n = n + 1
  at[n] = math.min(tonumber(all[i]), now) -- by a clock that was set back since: as if now
end
local free = now
for _, rule in ipairs({{week, tonumber(ARGV[4])}, {day, tonumber(ARGV[3])}, {gap, 1}}) do
  local span, most = rule[1], rule[2]
  if n >= most then free = math.max(free, at[n - most + 1] + span) end
end
if free > now then return {0, int(free)} end
redis.call('ZADD', KEYS[1], int(now), id)
return {1}
