import type { RedisServer } from '../redis-server.ts';
import { askServer, infoOf } from './ask-server.ts';
import { nodesSeenBy } from './cluster-nodes.ts';

/** What a node lacks until its Cluster of so many masters, each with a replica, is whole: in words. */
export async function flawsOfNode(server: RedisServer, masterCount: number): Promise<readonly string[]> {
  try {
    const state = String(await askServer(server.url, (redis) => redis.call('CLUSTER', 'INFO')));
    // Until the last one has heard who copies whom, it takes a replica for a master.
    const view = await nodesSeenBy(server);
    const masters = view.filter((node) => node.isMaster).length;
    const replication = await infoOf(server.url, 'replication');
    const [role, replicas, link] = ['role', 'connected_slaves', 'master_link_status'].map((field) =>
      replication.get(field),
    );
    return [
      state.includes('cluster_state:ok') ? '' : 'its state is not ok',
      view.length === masterCount * 2 ? '' : `it knows ${view.length} nodes`,
      masters === masterCount ? '' : `it knows ${masters} masters`,
      role !== 'master' || replicas === '1' ? '' : `it is a master with ${replicas} replicas`,
      role !== 'slave' || link === 'up' ? '' : `its link to its master is ${link}`,
    ]
      .filter((flaw) => flaw !== '')
      .map((flaw) => `${server.port}: ${flaw}`);
  } catch (error) {
    return [`${server.port}: ${String(error)}`];
  }
}
