/** For processes that tests start: nothing of vitest is loaded. */
import { type OpenedAddress, openAddress, type RedisAddress } from '@q/dev-redis';

/** Opens what the fixture `address`, or a user of it, has put into an environment variable as JSON. */
export function openAddressIn(text: string): OpenedAddress {
  const address: RedisAddress = JSON.parse(text);
  return openAddress(address);
}
