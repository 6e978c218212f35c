-- Extends the lease. Returns 1, or 0 when it is no longer the owner's.
-- KEYS: person. ARGV: event key, owner, lease ms. The hash itself outlives the lease by days, see begin.lua.
local p = redis.call('HMGET', KEYS[1], 'k', 'o')
if p[1] ~= ARGV[1] or p[2] ~= ARGV[2] then return 0 end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('HSET', KEYS[1], 'u', string.format('%.0f', now + ARGV[3]))
return 1
