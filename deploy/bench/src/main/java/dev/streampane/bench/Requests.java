// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** Clients that repeat a request as soon as they have the answer; all of them run on one thread. */
final class Requests {

    private static final int LARGEST_ANSWER = 64 << 10;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

    /**
     * The answers of all clients.
     *
     * @param micros times from a request to the last byte of its answer, in microseconds
     */
    record Responses(long requests, Duration time, Histogram micros) {

        double perSecond() {
            return requests * 1e9 / time.toNanos();
        }
    }

    private static final class Client {
        private final SocketChannel channel;
        private final ByteBuffer request;
        private final ByteBuffer answer = ByteBuffer.allocate(LARGEST_ANSWER);
        private int length = -1;
        private long asked;

        Client(SocketChannel channel, byte[] request) {
            this.channel = channel;
            this.request = ByteBuffer.wrap(request);
        }

        void ask() throws IOException {
            asked = System.nanoTime();
            channel.write(request.rewind());
            if (request.hasRemaining()) {
                throw new IOException("a request did not fit into the socket");
            }
        }

        /** Reads what has come; true if the answer is complete. All answers must be as long as the first one. */
        boolean read() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("the server has closed a connection");
            }
            if (length < 0) {
                length = length(new String(answer.array(), 0, answer.position(), ISO_8859_1));
            }
            if (length < 0 || answer.position() < length) {
                return false;
            }
            if (answer.position() > length || answer.get(9) != '2') {
                throw new IOException(
                        "another answer: " + new String(answer.array(), 0, answer.position(), ISO_8859_1));
            }
            answer.clear();
            return true;
        }

        private static int length(String answer) throws IOException {
            int head = answer.indexOf("\r\n\r\n");
            Matcher length = LENGTH.matcher(answer);
            if (head < 0) {
                return -1;
            }
            if (!length.find()) {
                throw new IOException("an answer of unknown length: " + answer);
            }
            return head + 4 + Integer.parseInt(length.group(1));
        }
    }

    private Requests() {}

    /** Sends requests for {@code time}. */
    static Responses run(URI url, int clients, Duration time) throws IOException {
        byte[] request = "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
                .formatted(url.getRawPath(), url.getAuthority())
                .getBytes(ISO_8859_1);
        var micros = new Histogram(3);
        List<Client> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < clients; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                var client = new Client(channel, request);
                channel.register(selector, SelectionKey.OP_READ, client);
                all.add(client);
            }
            long begin = System.nanoTime();
            for (Client client : all) {
                client.ask();
            }
            while (System.nanoTime() - begin < time.toNanos()) {
                selector.select(key -> answer((Client) key.attachment(), micros), 100);
            }
            return new Responses(micros.getTotalCount(), Duration.ofNanos(System.nanoTime() - begin), micros);
        } finally {
            for (Client client : all) {
                client.channel.close();
            }
        }
    }

    private static void answer(Client client, Histogram micros) {
        try {
            if (client.read()) {
                micros.recordValue((System.nanoTime() - client.asked) / 1_000);
                client.ask();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
