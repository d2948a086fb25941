from coin_study import coin as coin, digits as digits
