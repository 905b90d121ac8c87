// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import io.quarkus.arc.DefaultBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Goes back no further than the tail does. */
@DefaultBean
@ApplicationScoped
class NoCatchUp implements CatchUp {

    @Override
    public Uni<Piece> next(Position from) {
        return Uni.createFrom().item(Piece.gone(from, ResetReason.TOO_OLD));
    }
}
