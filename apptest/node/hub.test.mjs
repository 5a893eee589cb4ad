// The official JavaScript client against the hub.
import assert from "node:assert/strict";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect, errors, headers } from "@nats-io/transport-node";
import { secured, Service, tls } from "./service.mjs";

const soon = 60_000; // far longer than a machine needs that is slow and busy
const bytes = (text) => new TextEncoder().encode(text);

async function until(what, condition) {
  const deadline = Date.now() + soon;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `not within ${soon} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Messages as they come, one at a time; fails when none comes. */
function reader(subscription) {
  const iterator = subscription[Symbol.asyncIterator]();
  return async () => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no message on ${subscription.getSubject()}`)), soon);
    });
    try {
      return (await Promise.race([iterator.next(), late])).value;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The same, but for the messages by which the service reports its own metrics every ten seconds. */
function readerOfOthers(subscription) {
  const next = reader(subscription);
  return async () => {
    for (;;) {
      const message = await next();
      if (message.subject !== "metrics.collected" && !message.subject.startsWith("metrics_service.")) {
        return message;
      }
    }
  };
}

/** Connections that are closed when the test ends. */
function connector(t, service) {
  return async (options = {}) => {
    const client = await connect({ servers: service().address, reconnect: false, timeout: soon, ...options });
    t.after(() => client.close());
    return client;
  };
}

/** What a client reports of itself. */
function statuses(client) {
  const seen = [];
  (async () => {
    for await (const status of client.status()) {
      seen.push(status);
    }
  })();
  return seen;
}

describe("a hub without credentials", () => {
  let hub;
  before(async () => (hub = await Service.start()));
  after(async () => assert.equal(await hub.close(), 0));
  const opened = (t) => connector(t, () => hub);

  test("publish and subscribe", async (t) => {
    const open = opened(t);
    const [client, other] = [await open(), await open()];
    const subscription = client.subscribe("js.one.*");
    await client.flush();
    other.publish("js.one.x", "hello", { reply: "answers" });
    const message = await reader(subscription)();
    assert.deepEqual([message.subject, message.reply, message.string()], ["js.one.x", "answers", "hello"]);
  });

  test("server info", async (t) => {
    const client = await opened(t)();
    assert.equal(client.info.max_payload, 1024 * 1024);
    assert.equal(client.info.headers, true);
    assert.match(client.info.version, /^2\.1\d\./);
    assert.ok((await client.rtt()) >= 0);
  });

  test("wildcards", async (t) => {
    const client = await opened(t)();
    const [star, rest] = [client.subscribe("js.w.*.c"), client.subscribe("js.w.>")];
    for (const subject of ["js.w.b.c", "js.w.b", "js.w.b.c.d", "js.v.b.c"]) {
      client.publish(subject);
    }
    await client.flush();
    const next = reader(rest);
    assert.equal((await reader(star)()).subject, "js.w.b.c");
    for (const subject of ["js.w.b.c", "js.w.b", "js.w.b.c.d"]) {
      assert.equal((await next()).subject, subject);
    }
    assert.deepEqual([star.getReceived(), rest.getReceived()], [1, 3]);
  });

  test("queue groups are balanced", async (t) => {
    const open = opened(t);
    const [messages, shares] = [900, [0, 0, 0]];
    for (const index of shares.keys()) {
      const member = await open();
      member.subscribe("js.jobs", { queue: "workers", callback: () => shares[index]++ });
      await member.flush();
    }
    const publisher = await open();
    for (let i = 0; i < messages; i++) {
      publisher.publish("js.jobs", "x");
    }
    await until("every message once", () => shares[0] + shares[1] + shares[2] === messages);
    assert.ok(shares.every((share) => share > 200 && share < 400), `${shares}`);
  });

  test("request and reply", async (t) => {
    const open = opened(t);
    const responder = await open();
    responder.subscribe("js.upper", { callback: (_, message) => message.respond(message.string().toUpperCase()) });
    await responder.flush();
    const client = await open();
    for (let i = 0; i < 50; i++) {
      assert.equal((await client.request("js.upper", `n${i}`, { timeout: soon })).string(), `N${i}`);
    }
  });

  test("no responders", async (t) => {
    const client = await opened(t)();
    await assert.rejects(client.request("js.no.body", "", { timeout: soon }), (error) => {
      return error instanceof errors.NoRespondersError || error.cause instanceof errors.NoRespondersError;
    });
  });

  test("headers", async (t) => {
    const client = await opened(t)();
    const subscription = client.subscribe("js.headers");
    const sent = headers();
    sent.append("Trace", "a");
    sent.append("Trace", "b");
    client.publish("js.headers", "body", { headers: sent });
    const message = await reader(subscription)();
    assert.equal(message.string(), "body");
    assert.deepEqual(message.headers.values("Trace"), ["a", "b"]);
  });

  test("the largest payload and one byte more", async (t) => {
    const client = await opened(t)();
    const next = reader(client.subscribe("js.large"));
    client.publish("js.large", new Uint8Array(1024 * 1024));
    assert.equal((await next()).data.length, 1024 * 1024);
    // The client knows the hub's limit from INFO; ProtocolTest has what the hub does without it.
    assert.throws(() => client.publish("js.large", new Uint8Array(1024 * 1024 + 1)), /max/i);
  });

  test("unsubscribe after so many", async (t) => {
    const client = await opened(t)();
    const got = [];
    client.subscribe("js.few", { max: 3, callback: (_, message) => got.push(message.string()) });
    for (let i = 0; i < 10; i++) {
      client.publish("js.few", `${i}`);
    }
    await client.flush();
    assert.deepEqual(got, ["0", "1", "2"]);
    await assert.rejects(client.request("js.few", "", { timeout: soon }), /no responders/i);
  });

  test("drain", async (t) => {
    const open = opened(t);
    const [client, publisher] = [await open(), await open()];
    let count = 0;
    client.subscribe("js.drain", { callback: () => count++ });
    await client.flush();
    for (let i = 0; i < 2000; i++) {
      publisher.publish("js.drain", "x");
    }
    await publisher.flush();
    await client.drain();
    assert.equal(count, 2000);
    assert.ok(client.isClosed());
  });

  test("no echo", async (t) => {
    const open = opened(t);
    const [client, other] = [await open({ noEcho: true }), await open()];
    const next = reader(client.subscribe("js.echo"));
    client.publish("js.echo", "own");
    await client.flush();
    other.publish("js.echo", "other");
    assert.equal((await next()).string(), "other");
  });

  test("verbose and pedantic", async (t) => {
    const client = await opened(t)({ verbose: true, pedantic: true });
    const next = reader(client.subscribe("js.verbose"));
    client.publish("js.verbose", "1");
    assert.equal((await next()).string(), "1");
  });

  test("many clients", async (t) => {
    const open = opened(t);
    const next = [];
    let last;
    for (let i = 0; i < 50; i++) {
      last = await open();
      next.push(reader(last.subscribe("js.all")));
      await last.flush();
    }
    last.publish("js.all", "to all");
    for (const one of next) {
      assert.equal((await one()).string(), "to all");
    }
  });

  test("an event is answered", async (t) => {
    const client = await opened(t)();
    const event = {
      type: "metrics.push",
      data: {
        service: "js",
        metrics: [{ name: "answered_total", type: "counter", value: 1 }],
        correlation_id: "c-1",
      },
    };
    const reply = (await client.request("js.metrics.push", JSON.stringify(event), { timeout: soon })).json();
    assert.equal(reply.type, "metrics.collected");
    assert.equal(reply.data.correlation_id, "c-1");
  });
});

describe("a hub with users", () => {
  let hub;
  before(async () => (hub = await Service.start(secured)));
  after(async () => assert.equal(await hub.close(), 0));
  const opened = (t) => connector(t, () => hub);

  test("credentials open, wrong ones do not", async (t) => {
    const open = opened(t);
    for (const good of [{ user: "admin", pass: "all-0f-it" }, { user: "shop", pass: "pa$$word" }, { token: "t0ken" }]) {
      const client = await open(good);
      await client.flush();
      assert.equal(client.info.max_payload, 64 * 1024);
    }
    for (const bad of [{}, { user: "admin", pass: "wrong" }, { token: "wrong" }]) {
      await assert.rejects(open(bad), errors.AuthorizationError);
    }
  });

  test("permissions", async (t) => {
    const open = opened(t);
    const admin = await open({ user: "admin", pass: "all-0f-it" });
    const heard = readerOfOthers(admin.subscribe("*.>"));
    await admin.flush();
    const client = await open({ user: "shop", pass: "pa$$word" });
    const seen = statuses(client);
    const wide = readerOfOthers(client.subscribe("metrics.*"));
    client.publish("bank.order");
    const refused = new Promise((resolve) => client.subscribe("bank.>", { callback: (error) => resolve(error) }));
    client.publish("shop.order");
    await client.flush();
    assert.equal((await heard()).subject, "shop.order");
    assert.match((await refused).message, /permissions violation for subscription to "bank\.>"/i);
    await until("both violations", () => seen.filter((status) => status.type === "error").length >= 2);
    const texts = seen.filter((status) => status.type === "error").map((status) => status.error.message);
    assert.ok(texts.some((text) => /permissions violation for publish to "bank\.order"/i.test(text)), `${texts}`);
    admin.publish("metrics.secret");
    admin.publish("metrics.open");
    assert.equal((await wide()).subject, "metrics.open");
    assert.ok(!client.isClosed());
  });
});

test("TLS", async (t) => {
  const hub = await Service.start(tls);
  t.after(() => hub.close());
  const client = await connect({
    servers: hub.address,
    reconnect: false,
    timeout: soon,
    tls: { caFile: join(hub.folder, "cert.pem") },
  });
  const next = reader(client.subscribe("js.tls"));
  client.publish("js.tls", new Uint8Array(300_000));
  assert.equal((await next()).data.length, 300_000);
  await client.close();
  await assert.rejects(connect({ servers: hub.address, reconnect: false, tls: {} }), /certificate/i);
});

test("lame duck, and reconnecting when the hub comes back", async (t) => {
  const hub = await Service.start();
  t.after(() => hub.close());
  const client = await connect({ servers: hub.address, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  t.after(() => client.close());
  const seen = statuses(client);
  const next = reader(client.subscribe("js.again"));
  await client.flush();
  assert.equal(await hub.stop(), 0);
  await until("the hub said that it would close", () => seen.some((status) => status.type === "ldm"));
  await hub.start();
  await until("reconnected", () => seen.some((status) => status.type === "reconnect"));
  client.publish("js.again", "back");
  assert.equal((await next()).string(), "back");
});

test("a slow consumer is cut off and announced", async (t) => {
  const hub = await Service.start("message_hub:\n  max_pending: 256KiB\n");
  t.after(() => hub.close());
  const watcher = await connect({ servers: hub.address, reconnect: false });
  t.after(() => watcher.close());
  const notices = watcher.subscribe("hub.slow_consumer");
  const [host, port] = hub.address.split(":");
  const slow = connectSocket({ host, port: Number(port) });
  t.after(() => slow.destroy());
  await new Promise((resolve) => {
    let text = "";
    slow.on("data", (part) => {
      text += part;
      if (text.includes("PONG")) {
        slow.pause();
        resolve();
      }
    });
    slow.write('CONNECT {"name":"sleeper"}\r\nSUB flood 1\r\nPING\r\n');
  });
  for (let i = 0; i < 1000 && notices.getReceived() === 0; i++) {
    watcher.publish("flood", bytes("x".repeat(64 * 1024)));
    await watcher.flush();
  }
  const notice = (await reader(notices)()).json();
  assert.equal(notice.type, "hub.slow_consumer");
  assert.match(notice.data.client, /sleeper/);
});
