package testproc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// RedisSentinel starts a master and a sentinel that watches it, and gives the URL that finds one by the other.
func RedisSentinel(t testing.TB) string {
	t.Helper()
	_, port, _ := strings.Cut(StartRedis(t).addr, ":")
	dir, err := tempDir()
	fatal(t, err)
	config := filepath.Join(dir, "sentinel.conf") // the sentinel writes to it
	fatal(t, os.WriteFile(config, []byte("sentinel monitor mymaster 127.0.0.1 "+port+" 1\n"), 0o600))
	s, err := startRedis(config, "--sentinel")
	fatal(t, err)
	t.Cleanup(s.Kill)
	return "redis+sentinel://" + s.addr + "/mymaster"
}

// clusterSlots is how many slots a Cluster has.
const clusterSlots = 16384

// RedisCluster starts a Cluster of three masters and gives its URL.
func RedisCluster(t testing.TB) string {
	t.Helper()
	const nodes = 3
	var addrs []string
	for i := range nodes {
		s, err := retry(func() (*Server, error) {
			bus, err := freePort()
			if err != nil {
				return nil, err
			}
			return startRedis("--save", "", "--appendonly", "no", "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus))
		})
		fatal(t, err)
		t.Cleanup(s.Kill)
		addrs = append(addrs, s.addr)
		fatal(t, withRedis(s.URL, func(ctx context.Context, c *redis.Client) error { return joinCluster(ctx, c, i, nodes, addrs[0]) }))
	}
	for _, addr := range addrs {
		fatal(t, awaitCluster(addr, nodes))
	}
	return "redis+cluster://" + strings.Join(addrs, ",")
}

// joinCluster gives node i of n its share of the slots and makes it known to the first node.
func joinCluster(ctx context.Context, c *redis.Client, i, n int, first string) error {
	if err := c.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
		return err
	}
	if err := c.ClusterAddSlotsRange(ctx, i*clusterSlots/n, (i+1)*clusterSlots/n-1).Err(); err != nil {
		return err
	}
	if i == 0 {
		return nil
	}
	host, port, _ := strings.Cut(first, ":")
	bus, err := busPort(first)
	if err != nil {
		return err
	}
	return c.Do(ctx, "CLUSTER", "MEET", host, port, bus).Err()
}

func busPort(addr string) (port string, err error) {
	return port, withRedis("redis://"+addr, func(ctx context.Context, c *redis.Client) error {
		got, err := c.ConfigGet(ctx, "cluster-port").Result()
		port = got["cluster-port"]
		return err
	})
}

// awaitCluster waits until a node sees every slot served and every node.
func awaitCluster(addr string, nodes int) error {
	deadline := time.Now().Add(startTimeout)
	for {
		var info string
		err := withRedis("redis://"+addr, func(ctx context.Context, c *redis.Client) (err error) {
			info, err = c.ClusterInfo(ctx).Result()
			return err
		})
		if err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", nodes)) {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(errors.New("the Redis Cluster does not form: "+info), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
