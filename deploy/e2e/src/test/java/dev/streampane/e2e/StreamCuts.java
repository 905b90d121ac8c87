// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * What Chromium's own EventSource makes of a connection that breaks behind each byte, as cuts.mjs of results-api asks clients of npm: the first
 * connection ends behind the first of three events {@code word}, with the counts 1, 2 and 3, the second one is cut, the third one is whole.
 */
final class StreamCuts implements AutoCloseable {

    private static final int AT_A_TIME = 100;

    private final ServerSocket listening = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> bodies = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> connections = new ConcurrentHashMap<>();
    private final URI stream;

    /**
     * @param stream has these events and none before
     */
    StreamCuts(URI stream) throws IOException {
        this.stream = stream;
        threads.execute(this::accept);
    }

    /** No event is lost, and none comes twice, wherever it is cut. */
    void check(Browser browser) {
        browser.open("http://127.0.0.1:" + listening.getLocalPort() + "/");
        String first = body("");
        String resumed = body(first.substring(first.lastIndexOf("id: ", end(first, 1)) + 4, end(first, 1))
                .strip());
        int length = end(resumed, 2);
        Map<Integer, String> wrong = new TreeMap<>();
        for (int from = 1; from <= length; from += AT_A_TIME) {
            List<Integer> cuts = IntStream.rangeClosed(from, Math.min(length, from + AT_A_TIME - 1))
                    .boxed()
                    .toList();
            List<String> got = browser.js("""
                    return Promise.all(arguments[0].map(cut => new Promise(done => {
                      const got = [];
                      const source = new EventSource('/stream/' + cut);
                      source.addEventListener('word', event => {
                        got.push(JSON.parse(event.data).count);
                        if (got.at(-1) === 3) {
                          source.close();
                          done(got.join(' '));
                        }
                      });
                    })));
                    """, cuts);
            cuts.forEach(cut -> wrong.put(cut, got.get(cut - cuts.get(0))));
        }
        wrong.values().removeIf("1 2 3"::equals);
        System.out.printf("page: EventSource cut behind each of %,d bytes%n", length);
        assertThat(connections.values()).as("connections").hasSize(length).containsOnly(3);
        assertThat(wrong).as(resumed).isEmpty();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                threads.execute(() -> answer(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = in.readLine();
            if (line == null) {
                return; // the browser thought that it might need one more
            }
            String path = line.split(" ")[1];
            String id = "";
            for (line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.regionMatches(true, 0, "Last-Event-ID: ", 0, 15)) {
                    id = line.substring(15);
                }
            }
            boolean isStream = path.startsWith("/stream/");
            String body = isStream ? cut(Integer.parseInt(path.substring(8)), body(id)) : "\n";
            String answer =
                    "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n%s"
                            .formatted(
                                    isStream ? "text/event-stream" : "text/html",
                                    body.length(),
                                    body,
                                    isStream ? "" : "0\r\n\r\n");
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // the browser has what it wants
        }
    }

    private String cut(int at, String body) {
        int connection = connections.merge(at, 1, Integer::sum);
        return body.substring(0, connection == 1 ? end(body, 1) : connection == 2 ? at : body.length());
    }

    /** What the service sends behind a position, to the end of the third event; it asks for no pause. */
    private String body(String id) {
        return bodies.computeIfAbsent(id, this::read);
    }

    private String read(String id) {
        HttpRequest.Builder request = HttpRequest.newBuilder(stream).header("Accept", "text/event-stream");
        if (!id.isEmpty()) {
            request.header("Last-Event-ID", id);
        }
        try (InputStream in =
                client.send(request.build(), BodyHandlers.ofInputStream()).body()) {
            StringBuilder text = new StringBuilder();
            while (end(text.toString(), 3) == 0) {
                int next = in.read();
                assertThat(next).as("the stream ended: %s", text).isNotNegative();
                text.append((char) next);
            }
            return text.toString().replaceFirst("^retry: \\d+", "retry: 1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The end of the event with that count; 0 where it is not all there. */
    private static int end(String text, int count) {
        int data = text.indexOf("\"count\":" + count + "}");
        int end = data < 0 ? -1 : text.indexOf("\n\n", data);
        return end < 0 ? 0 : end + 2;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
