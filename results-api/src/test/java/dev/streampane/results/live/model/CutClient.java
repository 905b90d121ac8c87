// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.ServiceProcess;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** A client of the model, which goes on until it is told to come to the end. */
final class CutClient {
    private final List<ServiceProcess> services;
    private final String query;
    private final Predicate<Row> wanted;
    private final Random random;
    private final int step;
    private final Fold fold = new Fold();
    private long connections;

    /**
     * @param step cuts after multiples of so many bytes, 0 at the end of the greeting or of one of the seven blocks behind it, in turn; a
     *     snapshot, which begins anew, anywhere
     */
    CutClient(List<ServiceProcess> services, String query, Predicate<Row> wanted, int step, long seed) {
        this.services = services;
        this.query = query;
        this.wanted = wanted;
        this.step = step;
        this.random = new Random(seed);
    }

    /** Connects and is cut off, to either process, until it is told to come to the end. */
    void run(AtomicBoolean toTheEnd) {
        while (!toTheEnd.get()) {
            connections++;
            RawClient.Cut cut = nextCut();
            restIfAway(RawClient.read(stream(), fold, (bytes, block) -> cut.here(bytes, block) || toTheEnd.get()));
        }
    }

    private RawClient.Cut nextCut() {
        if (!fold.begun()) {
            long end = 1 + random.nextInt(1 << 20);
            return (bytes, block) -> bytes == end;
        }
        if (step > 0) {
            long end = step * (1 + connections % 97);
            return (bytes, block) -> bytes == end;
        }
        int end = 1 + (int) (connections % 8);
        int[] blocks = {0};
        return (bytes, block) -> block && ++blocks[0] == end;
    }

    Fold fold() {
        return fold;
    }

    /** The rows that it asks for. */
    Predicate<Row> wanted() {
        return wanted;
    }

    /** Goes on until it has seen everything, up to the last record of each partition. */
    void finish(List<Committed.Found> ends) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!fold.reached(ends) || fold.partial()) {
            restIfAway(RawClient.read(
                    stream(),
                    fold,
                    (bytes, block) -> block && (fold.reached(ends) || fold.partial())
                            || Instant.now().isAfter(deadline)));
            assertThat(Instant.now()).as("not at the end: %s", this).isBefore(deadline);
        }
    }

    private void restIfAway(long read) {
        if (fold.partial()) {
            fold.forget();
        }
        if (read < 0) {
            await().until(() -> services.stream().anyMatch(ServiceProcess::listens));
        }
    }

    private URI stream() {
        ServiceProcess service = services.get(random.nextInt(services.size()));
        return URI.create(service.root() + "/api/v1/stream?" + query);
    }

    @Override
    public String toString() {
        return "%s step %d: %d connections, %d lives, %d events, resets %s, at %s"
                .formatted(query, step, connections, fold.lives(), fold.events(), fold.resets(), fold.lastEventId());
    }
}
