// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Requests sent byte by byte as they are written, also those that no client would send. */
public final class RawHttp {

    private final URI root;

    public RawHttp(URI root) {
        this.root = root;
    }

    /** A request without body. */
    public static String request(String method, String target, String headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n";
    }

    /** Sends {@code request} and reads until the connection ends. */
    public Answer send(String request) throws IOException {
        try (Socket socket = new Socket(root.getHost(), root.getPort())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            assertThat(end).as("answer '%s'", answer).isPositive();
            return new Answer(
                    Integer.parseInt(answer.substring(9, 12)),
                    answer.substring(0, end).toLowerCase(Locale.ROOT),
                    answer.substring(end + 4));
        }
    }

    /**
     * Sends {@code request} and leaves the answer to who reads it, who has a minute for each part.
     *
     * @param receiveBuffer what the connection takes that is not read; 0: as much as it likes
     */
    public static Socket open(URI root, int receiveBuffer, String request) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(root.getHost(), root.getPort()));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Status line and headers of an answer; what came of them when it ended. */
    public static String head(InputStream answer) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next = answer.read(); next >= 0; next = answer.read()) {
            if (head.append((char) next).indexOf("\r\n\r\n") >= 0) {
                break;
            }
        }
        return head.toString();
    }

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param head status line and headers, in small letters
     * @param body as text
     */
    public record Answer(int status, String head, String body) {

        /** Fails unless it carries what protects a browser, once, and says nothing about the software. */
        public void assertGuarded() {
            for (String header : new String[] {
                "x-content-type-options: nosniff",
                "referrer-policy: no-referrer",
                "cross-origin-resource-policy: same-origin",
                "content-security-policy: default-src 'none';"
            }) {
                assertThat(head).containsOnlyOnce("\r\n" + header);
            }
            assertThat(head).doesNotContain("\r\nserver:", "x-powered-by", "quarkus", "vert.x");
        }

        /** Fails unless it is a problem of that status that shows no internals. */
        public void assertProblem(int expected) {
            assertThat(status).as(head + body).isEqualTo(expected);
            assertThat(head).contains("content-type: application/problem+json");
            assertGuarded();
            assertThat(head).containsOnlyOnce("\r\ncache-control: no-store");
            JsonPath json = JsonPath.from(body);
            assertThat(json.getInt("status")).isEqualTo(expected);
            assertThat(json.getString("type")).startsWith("/problems/");
            assertThat(json.getString("title")).isNotBlank();
            assertThat(json.getString("detail")).isNotBlank();
            assertThat(json.getString("instance")).isNotBlank();
            assertThat(body).doesNotContain("<html", "Exception", "\tat ");
        }
    }
}
