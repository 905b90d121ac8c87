// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Thousands of streams, read by one thread that looks for nothing but the numbers of {@link Marked} results.
 *
 * <p>They come from {@value #ADDRESSES} addresses of the loopback network (127.0.0.2 and up), so that neither ports nor the limit of
 * streams per address get short. Methods may be called by any thread.
 */
final class Crowd implements AutoCloseable {

    /** Addresses that the streams come from, in turn. */
    static final int ADDRESSES = 50;

    /** What slow streams read in a second. */
    static final int SLOW_BYTES_PER_SECOND = 100;

    private static final int SLOW_RECEIVE_BUFFER = 2 << 10;
    private static final int PHASES = 10;
    private static final long PHASE_MILLIS = 1000 / PHASES;
    private static final byte[] OK = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);

    /** One stream; only the thread touches what changes. */
    private static final class Stream {
        private final SocketChannel channel;
        private final SlowReader slow;
        private SelectionKey key;
        private int digits = -1;
        private int number;
        private int received;
        private int head;
        private boolean ended;

        private Stream(SocketChannel channel, SlowReader slow) {
            this.channel = channel;
            this.slow = slow;
        }
    }

    private final InetSocketAddress server;
    private final Latencies latencies;
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "crowd");
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Stream> fast = new ArrayList<>();
    private final List<Stream> slow = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private final byte[] bytes = new byte[buffer.capacity()];
    private int opened;
    private int phase;
    private long nextPhase = System.nanoTime();
    private volatile boolean closed;

    /**
     * @param latencies where the time of each delivery goes
     */
    Crowd(int port, Latencies latencies) throws IOException {
        this.server = new InetSocketAddress("127.0.0.1", port);
        this.latencies = latencies;
        this.selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    /** Opens streams that read whatever comes. */
    void openFast(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            Stream stream = new Stream(connect(0), null);
            submit(() -> {
                fast.add(stream);
                register(stream);
            });
        }
    }

    /** Opens streams that have a small receive buffer and read {@value #SLOW_BYTES_PER_SECOND} bytes per second. */
    void openSlow(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            Stream stream = new Stream(connect(SLOW_RECEIVE_BUFFER), new SlowReader());
            submit(() -> slow.add(stream));
        }
    }

    /** Lets {@code n} of the slow streams read whatever comes; what they have read, and read from now on. */
    List<SlowReader> hurry(int n) {
        return ask(() -> {
            List<Stream> hurried = slow.subList(0, n);
            List<SlowReader> readers =
                    hurried.stream().map(stream -> stream.slow).toList();
            hurried.forEach(this::register);
            fast.addAll(hurried);
            hurried.clear();
            return readers;
        });
    }

    /** Closes the slow streams, and those that were slow. */
    void closeSlow() {
        ask(() -> {
            slow.forEach(Crowd::end);
            slow.clear();
            fast.stream().filter(stream -> stream.slow != null).forEach(Crowd::end);
            fast.removeIf(stream -> stream.slow != null);
            return true;
        });
    }

    /** Streams that have ended, of those that are fast, or are so by now. */
    long ended() {
        return ask(() -> fast.stream().filter(stream -> stream.ended).count());
    }

    /** Fast streams whose answer has begun. */
    long fastOpen() {
        return ask(
                () -> fast.stream().filter(stream -> stream.head == OK.length).count());
    }

    /** Smallest and largest number of results that one of the fast streams has received. */
    int[] received() {
        return ask(() -> new int[] {
            fast.stream()
                    .filter(stream -> stream.slow == null)
                    .mapToInt(stream -> stream.received)
                    .min()
                    .orElse(0),
            fast.stream()
                    .filter(stream -> stream.slow == null)
                    .mapToInt(stream -> stream.received)
                    .max()
                    .orElse(0)
        });
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs on the thread and waits for the answer; an error of the thread is thrown here. */
    private <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        submit(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void submit(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    private SocketChannel connect(int receiveBuffer) throws IOException {
        SocketChannel channel = SocketChannel.open();
        if (receiveBuffer > 0) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        }
        InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + opened++ % ADDRESSES)});
        channel.bind(new InetSocketAddress(from, 0));
        channel.connect(server);
        // slow ones parse the whole answer, without chunks therefore
        String request =
                "GET /api/v1/stream HTTP/1.%d\r\nHost: 127.0.0.1\r\nAccept: text/event-stream, */*;q=0.1\r\n\r\n"
                        .formatted(receiveBuffer > 0 ? 0 : 1);
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        return channel;
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(this::ready, PHASE_MILLIS / 2);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                if (System.nanoTime() - nextPhase >= 0) {
                    nextPhase += TimeUnit.MILLISECONDS.toNanos(PHASE_MILLIS);
                    readSlowly();
                }
            }
            fast.forEach(Crowd::end);
            slow.forEach(Crowd::end);
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void register(Stream stream) {
        try {
            stream.key = stream.channel.register(selector, SelectionKey.OP_READ, stream);
        } catch (IOException e) {
            end(stream);
        }
    }

    private void ready(SelectionKey key) {
        read((Stream) key.attachment(), buffer.capacity());
    }

    private void readSlowly() {
        for (int i = phase; i < slow.size(); i += PHASES) {
            if (!slow.get(i).ended) {
                read(slow.get(i), SLOW_BYTES_PER_SECOND);
            }
        }
        phase = (phase + 1) % PHASES;
    }

    private void read(Stream stream, int max) {
        buffer.clear().limit(max);
        int length;
        try {
            length = stream.channel.read(buffer);
        } catch (IOException e) {
            length = -1;
        }
        if (length < 0) {
            end(stream);
            return;
        }
        buffer.flip().get(bytes, 0, length);
        if (stream.slow != null) {
            stream.slow.take(bytes, length);
        } else {
            scan(stream, length, System.nanoTime());
        }
    }

    /** Finds numbers, which may be spread over several reads. */
    private void scan(Stream stream, int length, long now) {
        int from = 0;
        while (stream.head < OK.length && from < length) {
            if (bytes[from++] != OK[stream.head++]) {
                throw new IllegalStateException(new String(bytes, 0, length, StandardCharsets.UTF_8));
            }
        }
        int digits = stream.digits;
        int number = stream.number;
        int found = 0;
        for (int i = from; i < length; i++) {
            byte b = bytes[i];
            if (digits >= 0) {
                number = number << 4 | Character.digit(b, 16);
                if (++digits == Marked.DIGITS) {
                    digits = -1;
                    found++;
                    latencies.received(number, now);
                }
            } else if (b == Marked.MARK) {
                digits = 0;
                number = 0;
            }
        }
        stream.digits = digits;
        stream.number = number;
        stream.received += found;
    }

    private static void end(Stream stream) {
        stream.ended = true;
        try {
            stream.channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
