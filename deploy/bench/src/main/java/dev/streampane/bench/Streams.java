// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many event streams, read by the thread that waits for them; only the marks of {@link Results} are counted. */
final class Streams implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final byte[] OK = "HTTP/1.1 200 ".getBytes(US_ASCII);

    private static final class Stream {
        private int head;
    }

    private final InetSocketAddress server;
    private final byte[] request;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private final byte[] bytes = new byte[buffer.capacity()];
    private int open;
    private long delivered;

    Streams(URI url) throws IOException {
        server = new InetSocketAddress(url.getHost(), url.getPort());
        request = ("GET " + url.getRawPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                        + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(US_ASCII);
    }

    /** Opens more streams, and waits until all of them are answered. */
    void open(int streams) throws IOException {
        for (int i = 0; i < streams; i++) {
            SocketChannel channel = SocketChannel.open(server);
            channels.add(channel);
            channel.write(ByteBuffer.wrap(request));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Stream());
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (open < channels.size()) {
            read(deadline);
        }
    }

    /** Reads until {@code deliveries} results have come in all, counted over all streams. */
    void await(long deliveries) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (delivered < deliveries) {
            read(deadline);
        }
    }

    private void read(long deadline) throws IOException {
        if (System.nanoTime() > deadline) {
            throw new IOException(
                    "%,d of %,d streams are open, %,d results came".formatted(open, channels.size(), delivered));
        }
        selector.select(this::read, 100);
    }

    private void read(SelectionKey key) {
        try {
            int length = ((SocketChannel) key.channel()).read(buffer.clear());
            if (length < 0) {
                throw new IOException("the server has closed a stream");
            }
            buffer.flip().get(bytes, 0, length);
            var stream = (Stream) key.attachment();
            int from = stream.head == OK.length ? 0 : head(stream, length);
            for (int i = from; i < length; i++) {
                if (bytes[i] == Results.MARK) {
                    delivered++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int head(Stream stream, int length) throws IOException {
        int from = 0;
        while (from < length && stream.head < OK.length) {
            if (bytes[from++] != OK[stream.head++]) {
                throw new IOException(new String(bytes, 0, length, US_ASCII));
            }
        }
        open += stream.head == OK.length ? 1 : 0;
        return from;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
