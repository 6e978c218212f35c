-- Spreads calls over time. Returns the ms to wait, as text. KEYS: the bucket, which holds when it is full again, in ms.
-- ARGV: ms between calls, burst, patience ms.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local every = tonumber(ARGV[1])
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = math.max(0, next - now - every * (math.max(1, tonumber(ARGV[2])) - 1))
if wait <= tonumber(ARGV[3]) then
  next = next + every
  redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', string.format('%.0f', math.ceil(next - now) + 3600000))
end
return string.format('%.3f', wait)
