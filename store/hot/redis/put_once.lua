-- Stores a value unless one is there, and returns what is there then. KEYS: the key. ARGV: value, ms.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return ARGV[1] end
return redis.call('GET', KEYS[1])
