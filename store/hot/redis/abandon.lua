-- Frees the lease without an outcome, if it is still the owner's. What was unfinished before stays so.
-- KEYS: person. ARGV: event key, owner.
local p = redis.call('HMGET', KEYS[1], 'k', 'o')
if p[1] ~= ARGV[1] or p[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'k', '', 'o', '', 'u', 0)
return 1
