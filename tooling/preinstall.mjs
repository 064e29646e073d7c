// Whatever is not pnpm 12 would install something else than the lockfile says, or fail obscurely.
const agent = process.env['npm_config_user_agent'] ?? '';
if (!agent.startsWith('pnpm/12.')) {
  process.stderr.write(
    [
      `This workspace is installed with pnpm 12, not with ${agent.split(' ')[0] || 'this'}. Run one of these instead:`,
      '  npm start                   set up everything and run the demo',
      '  npm test                    set up everything and run all tests',
      '  npx pnpm@12.21.0 install    install only',
      '',
    ].join('\n'),
  );
  process.exitCode = 1;
}
