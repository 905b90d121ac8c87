// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The same results from the same tail as the framework would have them sent: a {@code Multi} of events per client, all of them behind one
 * broadcast. It resumes nothing, filters nothing, and keeps for a slow client what there is. Only there under {@code -Dstream.plain=true}.
 */
@ApplicationScoped
@IfBuildProperty(name = "stream.plain", stringValue = "true")
@Path(PlainStream.PATH)
public class PlainStream {

    static final String PATH = "/plain/stream";

    private static final int SLICE = 512;
    private static final int BUFFER = 100_000;

    /** What is sent, and the position behind it. */
    private record Event(String id, String json) {}

    private final BroadcastProcessor<Event> events = BroadcastProcessor.create();
    private final Tail tail;
    private long next;

    PlainStream(TailFeeds feeds) {
        this.tail = feeds.tail();
        feeds.onMore(this::more);
    }

    void start(@Observes StartupEvent event) {
        more();
    }

    /** The stream of one client. */
    @GET
    @Operation(hidden = true)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<OutboundSseEvent> stream(@Context Sse sse) {
        return events.onOverflow().buffer(BUFFER).map(event -> sse.newEventBuilder()
                .id(event.id())
                .name("window")
                .data(String.class, event.json())
                .build());
    }

    private synchronized void more() {
        Tail.Slice slice;
        do {
            slice = tail.read(next, SLICE);
            String id = tail.position().toString();
            for (TailEntry entry : slice.entries()) {
                events.onNext(new Event(id, new String(entry.json(), StandardCharsets.UTF_8)));
                next = entry.number() + 1;
            }
        } while (slice.now().isEmpty());
    }
}
