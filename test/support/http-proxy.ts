import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A proxy on the loopback that knows where invented names lead, records what it is asked for and wants a password. */
export interface HttpProxy {
  /** With the password. */
  readonly url: string;
  /** Absolute URLs, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** `names`: host name -> origin that answers in its place. Every other host is asked itself. */
export async function startProxy(
  credentials: { readonly user: string; readonly password: string },
  names: ReadonlyMap<string, string>,
): Promise<HttpProxy> {
  const requests: string[] = [];
  const expected = `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
  const refused = (request: IncomingMessage) => request.headers['proxy-authorization'] !== expected;
  const server = createServer((request, response) => {
    requests.push(String(request.url));
    if (refused(request)) response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="proxy"' }).end();
    else forward(request, response, names);
  });
  // TLS: whatever the machine itself fetches, or an invented name.
  server.on('connect', (request: IncomingMessage, client, head: Buffer) => {
    if (refused(request)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const asked = new URL(`http://${request.url}`);
    const { hostname, port } = new URL(names.get(asked.hostname) ?? asked);
    const upstream = connect(Number(port || 443), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${credentials.user}:${encodeURIComponent(credentials.password)}@127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(request: IncomingMessage, response: ServerResponse, names: ReadonlyMap<string, string>): void {
  const url = new URL(String(request.url));
  const target = new URL(url.pathname + url.search, names.get(url.hostname) ?? url.origin);
  const { 'proxy-authorization': _, ...headers } = request.headers;
  const upstream = send(target, { method: request.method ?? 'GET', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () => response.writeHead(502).end());
  request.pipe(upstream);
}
