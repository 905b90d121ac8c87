// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.decode.Transaction.Place;

/** Distances on a spherical Earth, by the haversine formula: the error is at most 0.6 %, and every machine gives the same result. */
final class GreatCircle {

    /** The mean radius R1 as the IUGG defines it. */
    private static final double EARTH_RADIUS_KM = 6371.0088;

    private static final double MICROS = 1_000_000;
    private static final double MILLIS_PER_HOUR = 3_600_000;

    private GreatCircle() {}

    static double kilometres(Place one, Place other) {
        double north = radians(other.latitudeMicros() - one.latitudeMicros());
        double east = radians((double) other.longitudeMicros() - one.longitudeMicros());
        double haversine = square(StrictMath.sin(north / 2))
                + StrictMath.cos(radians(one.latitudeMicros()))
                        * StrictMath.cos(radians(other.latitudeMicros()))
                        * square(StrictMath.sin(east / 2));
        return 2 * EARTH_RADIUS_KM * StrictMath.asin(Math.min(1, StrictMath.sqrt(haversine)));
    }

    static double reachKilometres(int speedKmh, long millis) {
        return speedKmh * (millis / MILLIS_PER_HOUR);
    }

    /** The speed; infinite when {@code millis} is 0. */
    static double speedKmh(double kilometres, long millis) {
        return kilometres / (millis / MILLIS_PER_HOUR);
    }

    private static double radians(double micros) {
        return StrictMath.toRadians(micros / MICROS);
    }

    private static double square(double number) {
        return number * number;
    }
}
