// A certified OpenID Connect provider on a port of this machine, with two people, for one client. It says on its first line
// where it is. A person signs in and agrees by asking for the interaction's address with `login=`; a browser that asks without it
// is shown links that do.

import { createServer } from "node:http";

import { Provider, interactionPolicy } from "oidc-provider";

const PEOPLE = {
  ana: {
    name: "Ana Martínez",
    email: "ana@piedmont.example",
    email_verified: true,
    groups: ["PD-Patrol", "Everyone"],
    amr: ["pwd", "mfa"],
  },
  // Signs in with a password alone.
  bo: { name: "Bo Larsen", email: "bo@piedmont.example", groups: [], amr: ["pwd"] },
};

const [redirect, secret] = process.argv.slice(2);

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "plateglass",
      client_secret: secret,
      redirect_uris: [redirect],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { profile: ["name"], email: ["email", "email_verified"], groups: ["groups"], openid: ["sub", "amr"] },
  scopes: ["openid", "profile", "email", "groups"],
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  cookies: { keys: ["for tests alone"] },
  findAccount: (_, id) =>
    PEOPLE[id] && {
      accountId: id,
      claims: () => ({ sub: id, ...PEOPLE[id], amr: undefined }),
    },
  interactions: {
    policy: interactionPolicy.base(),
    url: (_, interaction) => `/interaction/${interaction.uid}`,
  },
});

// What somebody may answer: as one of the people, as Ana after her group has gone, or not at all.
const ANSWERS = [
  ...Object.entries(PEOPLE).map(([login, { name }]) => [`login=${login}`, name]),
  ["login=ana&groups=", "Ana Martínez, in no group"],
  ["deny=yes", "Not today"],
];
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>The provider</title><h1>Who are you?</h1>${ANSWERS.map(
  ([query, says]) => `<p><a href="?${query.replaceAll("&", "&amp;")}">${says}</a></p>`,
).join("")}</html>`;

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.query.deny) {
    const result = { error: "access_denied", error_description: "not today" };
    return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  }
  if (prompt.name === "login") {
    if (ctx.query.login === undefined) {
      ctx.type = "html";
      ctx.body = PAGE;
      return;
    }
    const accountId = String(ctx.query.login);
    if (ctx.query.groups !== undefined) PEOPLE[accountId].groups = ctx.query.groups.split(",").filter(Boolean);
    const result = { login: { accountId, amr: PEOPLE[accountId]?.amr } };
    return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
});

server.on("request", provider.callback());
// Whoever started us is gone when this closes.
process.stdin.on("end", () => process.exit(0)).resume();
console.log(issuer);
