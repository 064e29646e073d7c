// Loaded into the services before their own code: a tour that was killed cannot stop them any more.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
