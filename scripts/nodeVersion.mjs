/**
 * Imported first by every script: a Node that cannot run the hub gets one sentence instead of a crash in a native module.
 * `npm run` puts the Node that `npm ci` brings in front of the shell's own, so this only speaks where there is none for the platform.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `One Network needs Node 22.12 or later, and this is ${process.version}. Start it by \`npm start\` after \`npm ci\`, which brings Node 24 where it can; else install Node 24.\n`,
  );
  process.exit(1);
}
