// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows/{id}/history}: what was ever said of one window. */
@Path("/api/v1/windows/{id}/history")
@Produces(MediaType.APPLICATION_JSON)
public class HistoryResource {

    private final History history;
    private final AtLeast atLeast;

    HistoryResource(History history, AtLeast atLeast) {
        this.history = history;
        this.atLeast = atLeast;
    }

    /** Every revision of one window with the time at which it was appended to the log; the last one is the one that holds. */
    @GET
    public Uni<RestResponse<String>> all(@PathParam("id") String id, @Context RoutingContext context) {
        String query = context.request().query();
        Parameters parameters = Parameters.of(query, "limit", "after", AtLeast.PARAMETER);
        int limit = parameters.integer("limit", 1, WindowQuery.MAX_LIMIT, WindowQuery.DEFAULT_LIMIT);
        Optional<Long> after = parameters.after(fingerprint(id), HistoryResource::version);
        AtLeast.Wanted wanted = atLeast.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        return atLeast.reached(wanted, access)
                .chain(() -> history.of(id, limit, after, wanted))
                .map(part -> {
                    if (!part.revisions().values().stream().allMatch(row -> mayRead(access, row))
                            || part.revisions().isEmpty() && after.isEmpty()) {
                        throw atLeast.missing("window", id, part.shown());
                    }
                    return page(part, id).answer(context);
                });
    }

    private static boolean mayRead(Access access, Revision revision) {
        return WindowResource.mayRead(access, revision.result());
    }

    private static ResultPage page(History.Part part, String id) {
        Optional<String> next = part.more()
                ? Optional.of(QueryCursor.encode(
                        fingerprint(id), Long.toString(part.revisions().lastKey())))
                : Optional.empty();
        return new ResultPage(
                part.revisions().values().stream()
                        .map(revision -> revision.withPlace(part.shown().position()))
                        .toList(),
                next,
                part.shown().reason(),
                part.shown().position());
    }

    private static Optional<Long> version(String place) {
        return place.matches("[0-9]{1,19}") ? Optional.of(Long.parseUnsignedLong(place)) : Optional.empty();
    }

    private static String fingerprint(String id) {
        return QueryCursor.fingerprint("history", id);
    }
}
