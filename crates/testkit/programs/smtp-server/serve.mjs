// A mail server on a port of this machine. It says its port on its first line, and every mail that it takes on a line of its
// own, as JSON. Who is called `nobody` does not exist; who is called `busy` cannot be written to now.
// With a folder as argument it asks for STARTTLS with the certificate in there, and for an account.

import { readFileSync } from "node:fs";
import { SMTPServer } from "smtp-server";

const [folder] = process.argv.slice(2);

const protectedBy = folder && {
  key: readFileSync(`${folder}/key.pem`),
  cert: readFileSync(`${folder}/cert.pem`),
};

function refusal(code, says) {
  return Object.assign(new Error(says), { responseCode: code });
}

const server = new SMTPServer({
  disableReverseLookup: true,
  logger: false,
  ...(protectedBy || { disabledCommands: ["STARTTLS"], authOptional: true }),
  onAuth({ username, password }, _session, done) {
    const known = username === "alpr" && password === "a password in a file";
    done(known ? null : refusal(535, "no such account"), { user: username });
  },
  onRcptTo({ address }, _session, done) {
    if (address.startsWith("nobody@")) return done(refusal(550, "no such mailbox"));
    if (address.startsWith("busy@")) return done(refusal(451, "try again later"));
    done();
  },
  onData(stream, session, done) {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (part) => {
      text += part;
    });
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      const to = rcptTo.map((one) => one.address);
      process.stdout.write(`${JSON.stringify({ from: mailFrom.address, to, secure: session.secure, text })}\n`);
      done();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.server.address().port}\n`));
process.stdin.on("end", () => process.exit(0)).resume();
