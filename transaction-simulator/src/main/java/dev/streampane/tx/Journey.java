// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The places of one client: a random walk some kilometres around a home in the region, which returns to the home within
 * about six hours. The client is never faster than the configured speed.
 */
final class Journey {

    private static final double METRES_PER_DEGREE = 111_320;
    private static final double RELAXATION_MILLIS = Duration.ofHours(6).toMillis();
    private static final double SPREAD_METRES = 4_000;

    /** Places are rounded to about a metre; this keeps the rounded ones within the speed, too. */
    private static final double ROUNDING_METRES = 2;

    private final double homeLatitude;
    private final double homeLongitude;
    private final double metresPerLongitude;
    private final double metresPerMilli;
    private final SplittableRandom random;

    private double eastMetres;
    private double northMetres;
    private long lastMillis;
    private boolean started;

    Journey(TxConfig.Locations config, SplittableRandom random) {
        this.random = random;
        double latitude = config.latitude().doubleValue();
        double longitude = config.longitude().doubleValue();
        double distance = config.radiusKm() * 1000 * Math.sqrt(random.nextDouble());
        double direction = 2 * Math.PI * random.nextDouble();
        this.homeLatitude = latitude + distance * StrictMath.cos(direction) / METRES_PER_DEGREE;
        this.metresPerLongitude = METRES_PER_DEGREE * StrictMath.cos(StrictMath.toRadians(homeLatitude));
        this.homeLongitude = longitude + distance * StrictMath.sin(direction) / metresPerLongitude;
        this.metresPerMilli = config.speedKmh() / 3600.0;
    }

    /** The place at a time, which must not be earlier than that of the previous call. */
    Transaction.Place next(long timeMillis) {
        if (started) {
            move(timeMillis - lastMillis);
        } else {
            started = true;
            eastMetres = SPREAD_METRES * SpendingPattern.standardNormal(random);
            northMetres = SPREAD_METRES * SpendingPattern.standardNormal(random);
        }
        lastMillis = timeMillis;
        return new Transaction.Place(
                fixed(homeLatitude + northMetres / METRES_PER_DEGREE),
                fixed(homeLongitude + eastMetres / metresPerLongitude));
    }

    private void move(long millis) {
        double relaxed = Math.min(1, millis / RELAXATION_MILLIS);
        double spread = SPREAD_METRES * Math.sqrt(Math.min(1, 2 * relaxed));
        double east = spread * SpendingPattern.standardNormal(random) - relaxed * eastMetres;
        double north = spread * SpendingPattern.standardNormal(random) - relaxed * northMetres;
        double distance = Math.sqrt(east * east + north * north);
        double reach = Math.max(0, metresPerMilli * millis - ROUNDING_METRES);
        double share = distance <= reach ? 1 : reach / distance;
        eastMetres += share * east;
        northMetres += share * north;
    }

    private static int fixed(double degrees) {
        return (int) Math.rint(degrees * 100_000);
    }
}
